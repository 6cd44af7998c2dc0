"""LibreTranslate's clients from PyPI, and what they rely on, against a real server with the shipped translators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from deep_translator import LibreTranslator
from libretranslatepy import LibreTranslateAPI
from servers import SHIPPED, running_server

from service.settings import Settings


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=SHIPPED, threads=1)) as connected:
        yield connected


def answer(client: httpx.Client, **body: object) -> dict[str, Any]:
    response = client.post("/translate", json={"source": "en", "target": "de", **body})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_libretranslatepy_translates_detects_and_lists(client: httpx.Client) -> None:
    api = LibreTranslateAPI(str(client.base_url))
    assert api.translate("Good morning!", "en", "de") == "Guten Morgen!"
    best = api.detect("Wo ist der Bahnhof?")[0]
    assert (best["language"], best["confidence"] > 90.0) == ("de", True)
    listed = {language["code"]: language["targets"] for language in api.languages()}
    assert listed == {
        "de": ["en", "es", "fr"],
        "en": ["de", "es", "fr"],
        "es": ["de", "en", "fr"],
        "fr": ["de", "en", "es"],
    }


def test_deep_translator_translates_texts_and_batches(client: httpx.Client) -> None:
    translator = LibreTranslator(source="en", target="de", api_key="none", custom_url=f"{client.base_url}/")
    assert translator.translate("Good morning!") == "Guten Morgen!"
    assert translator.translate_batch(["Good morning!", "Hello!"]) == ["Guten Morgen!", "Hallo!"]


@pytest.mark.parametrize("way", ["json", "data", "params"])
def test_json_form_and_query_string_are_the_same(client: httpx.Client, way: str) -> None:
    request = {"q": ["Good morning!", "Hello!"], "source": "en", "target": "de", "alternatives": "1"}
    response = client.post("/translate", **{way: request})
    assert response.json()["translatedText"] == ["Guten Morgen!", "Hallo!"]
    assert len(response.json()["alternatives"]) == 2


def test_auto_finds_the_language_of_each_text(client: httpx.Client) -> None:
    texts = ["Where is the next station?", "Wo ist der Bahnhof?"]
    found = answer(client, q=texts, source="auto")
    assert [each["language"] for each in found["detectedLanguage"]] == ["en", "de"]
    translated = found["translatedText"]
    assert translated[1] == texts[1]  # German already
    assert "Bahnhof" in translated[0]
    single = answer(client, q=texts[0], source="auto")
    assert single["detectedLanguage"]["language"] == "en"
    assert "detectedLanguage" not in answer(client, q=texts[0])


def test_detection_of_nothing_has_no_confidence(client: httpx.Client) -> None:
    assert all(found["confidence"] == 0.0 for found in client.post("/detect", json={"q": "12:30"}).json())
    assert client.post("/detect", json={"q": ""}).status_code == 400
    assert client.post("/detect", json={}).json()["error"].startswith("Invalid request: missing q parameter")


def test_the_frontend_settings_say_limits_and_languages(client: httpx.Client) -> None:
    settings = client.get("/frontend/settings").json()
    assert settings["charLimit"] == 200_000
    assert settings["keyRequired"] is False
    assert settings["language"]["source"]["code"] == "auto"


def test_sentences_paragraphs_and_lists_stand_as_they_stood(client: httpx.Client) -> None:
    text = "Good morning! How are you?\n\n- Hello!\n  * Hello!\n\n1. Good morning!\t\r\n"
    translated = str(answer(client, q=text)["translatedText"])
    lines = translated.split("\n")
    assert lines[0].startswith("Guten Morgen! W")
    assert lines[1:] == ["", "- Hallo!", "  * Hallo!", "", "1. Guten Morgen!\t\r", ""]


@pytest.mark.parametrize(
    "kept",
    [
        "https://example.org/a?b=c",
        "jane@example.com",
        "{{name}}",
        "%s",
        "<b>",
        "2026-11-21",
        "\U0001f44d",
        "v1.2.3",
        "\0",
    ],
)
@pytest.mark.parametrize("sentence", ["Please send {} to my friend.", "{} is here.", "DO NOT USE {} NOW!"])
def test_what_may_not_change_survives(client: httpx.Client, sentence: str, kept: str) -> None:
    found = answer(client, q=sentence.format(kept), details=True)
    assert str(found["translatedText"]).count(kept) == 1
    assert found["details"]["sentences"][0]["copied_source"] is False


def test_markup_stays_and_what_it_protects_is_left_alone(client: httpx.Client) -> None:
    page = '<p class="a">Good morning!</p><code>Good morning!</code><p translate="no">Hello!</p><!-- Hello! -->Hello!'
    assert answer(client, q=page, format="html")["translatedText"] == (
        '<p class="a">Guten Morgen!</p><code>Good morning!</code><p translate="no">Hello!</p><!-- Hello! -->Hallo!'
    )


def test_capitals_and_missing_full_stops_are_kept(client: httpx.Client) -> None:
    assert answer(client, q="GOOD MORNING!")["translatedText"] == "GUTEN MORGEN!"
    assert answer(client, q="Good morning")["translatedText"] == "Guten Morgen"


def test_a_text_of_any_length_is_translated_to_its_end(client: httpx.Client) -> None:
    text = ", ".join(["I am tired"] * 60) + "."
    found = answer(client, q=text, details=True)
    sentences = found["details"]["sentences"]
    assert len(sentences) > 3
    assert "".join(sentence["source"] for sentence in sentences).replace(" ", "") == text.replace(" ", "")
