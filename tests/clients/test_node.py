"""Clients from npm. `make test-clients` installs them; they are skipped where that is not possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RunNode = Callable[[str], Any]
pytestmark = pytest.mark.clients


def test_libretranslate_of_npm(node: RunNode, address: str) -> None:
    found = node(f"""const {{translate}} = require('libretranslate');
        return await translate({{query: 'Good morning!', source: 'en', target: 'de', apiurl: '{address}'}});""")
    assert found == "Guten Morgen!"


def test_translate_of_npm(node: RunNode, address: str) -> None:
    found = node(f"""const {{default: translate}} = await import('translate');
        translate.engine = 'libre'; translate.url = '{address}/translate'; translate.key = 'key';
        return await translate('Good morning!', {{from: 'en', to: 'de'}});""")
    assert found == "Guten Morgen!"


def test_json_autotranslate_sends_a_thousand_texts_at_once(node: RunNode, address: str) -> None:
    found = node(f"""const {{DeepL}} = require('json-autotranslate/lib/services/deepl');
        const {{matchInterpolation}} = require('json-autotranslate/lib/matchers');
        const service = new DeepL(true);
        service.apiEndpoint = '{address}/v2';
        await service.initialize('key', undefined, true, undefined, 'app', undefined);
        const strings = Array.from({{length: 1000}}, (_, number) => ({{key: `k${{number}}`, value: 'Hello!'}}));
        const results = await service.translateStrings(strings, 'en', 'de');
        return [results.length, results[999].translated];""")
    assert found == [1000, "Hallo!"]
