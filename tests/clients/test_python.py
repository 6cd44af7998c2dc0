"""Clients from PyPI in an environment of their own. `make test-clients` installs them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import polib
import pytest

pytestmark = pytest.mark.clients

_SECONDS = 120
WAGTAIL = """
import json
import sys

import django
from django.conf import settings

settings.configure(
    STATIC_URL="/static/",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "taggit", "wagtail", "wagtail_localize"],
    WAGTAIL_CONTENT_LANGUAGES=[("en", "English"), ("de", "German")],
)
django.setup()

from types import SimpleNamespace

from wagtail_localize.machine_translators.deepl import DeepLTranslator
from wagtail_localize.machine_translators.libretranslate import LibreTranslator
from wagtail_localize.strings import StringValue

address = sys.argv[1]
english, german = (SimpleNamespace(language_code=code) for code in ("en-GB", "de-AT"))
strings = [StringValue(text) for text in ("Good morning!", "The <b>house</b> is old.")]


class DeepL(DeepLTranslator):
    def get_api_endpoint(self):
        return f"{address}/v2/translate"


found = [
    translator.translate(english, german, strings)
    for translator in (
        DeepL({"AUTH_KEY": "key", "FORMALITY": "prefer_more"}),
        LibreTranslator({"LIBRETRANSLATE_URL": address, "API_KEY": "key"}),
    )
]
print(json.dumps([[each[string].data for string in strings] for each in found]))
"""


def test_wagtail_localize_speaks_both_dialects(python_clients: Path, address: str) -> None:
    command = [python_clients / "python", "-c", WAGTAIL, address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
    assert done.returncode == 0, done.stderr
    for texts in json.loads(done.stdout.splitlines()[-1]):
        assert texts == ["Guten Morgen!", "Das <b>Haus</b> ist alt."]


def test_transpolibre_translates_a_catalogue(python_clients: Path, address: str, tmp_path: Path) -> None:
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Language": "de"}
    catalogue.append(polib.POEntry(msgid="Good morning!"))
    catalogue.append(polib.POEntry(msgid="The house is old."))
    catalogue.save(str(tmp_path / "de.po"))
    options = ["--url", address, "--source-lang", "en", "--target-lang", "de", "--api-key", "key"]
    command = [python_clients / "transpolibre", *options, "--file", tmp_path / "de.po"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = {entry.msgid: entry.msgstr for entry in polib.pofile(str(tmp_path / "de.po"))}
    assert found == {"Good morning!": "Guten Morgen!", "The house is old.": "Das Haus ist alt."}
