"""Clients from npm. `make test-clients` installs them; they are skipped where that is not possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RunNode = Callable[[str], Any]
pytestmark = pytest.mark.clients

DEEPL = """const deepl = require('deepl-node');
    const client = new deepl.DeepLClient('key', {serverUrl: '%s', minTimeout: 60000});"""


def test_deepl_node_translates_lists_and_counts(node: RunNode, address: str) -> None:
    found = node(f"""{DEEPL % address}
        const texts = await client.translateText(['Good morning!', 'Hello!'], 'en', 'de');
        const xml = await client.translateText('<a>Good morning!</a><b>Hello!</b>', 'en', 'de',
            {{tagHandling: 'xml', ignoreTags: ['b'], splitSentences: 'off', formality: 'prefer_more'}});
        const detected = await client.translateText('Wo ist der Bahnhof?', null, 'en-US');
        const usage = await client.getUsage();
        const languages = await client.getTargetLanguages();
        return {{texts: texts.map(each => each.text), xml: xml.text, detected: detected.detectedSourceLang,
            counted: usage.character.count > 0, languages: languages.map(each => each.code)}};""")
    assert found == {
        "texts": ["Guten Morgen!", "Hallo!"],
        "xml": "<a>Guten Morgen!</a><b>Hello!</b>",
        "detected": "de",
        "counted": True,
        "languages": ["de", "en-US", "en-GB", "es", "fr"],
    }


def test_deepl_node_keeps_glossaries_of_one_pair(node: RunNode, address: str) -> None:
    found = node(f"""{DEEPL % address}
        const entries = new deepl.GlossaryEntries({{entries: {{cat: 'Kater'}}}});
        const made = await client.createGlossary('animals', 'en', 'de', entries);
        const result = await client.translateText('The cat sleeps.', 'en', 'de', {{glossary: made}});
        const kept = await client.getGlossaryEntries(made);
        await client.deleteGlossary(made);
        return {{text: result.text, entries: kept.entries(), left: (await client.listGlossaries()).length}};""")
    assert "Kater" in found["text"]
    assert (found["entries"], found["left"]) == ({"cat": "Kater"}, 0)


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
