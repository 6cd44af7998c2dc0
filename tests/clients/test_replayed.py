"""Requests as programs send them that cannot be installed beside tests: office suites, social networks, forums."""

from __future__ import annotations

from datetime import datetime

import httpx
from deep_translator import DeeplTranslator, LibreTranslator

KEY = {"Authorization": "DeepL-Auth-Key key"}


def test_libreoffice_has_the_kind_of_tags_in_the_address_and_the_text_in_the_form(server: httpx.Client) -> None:
    form = "auth_key=key&target_lang=DE&text=<p>The%20<b>house</b>%20is%20old.</p>"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = server.post("/v2/translate?tag_handling=html", content=form.encode(), headers=headers).json()
    assert answer["translations"][0]["text"] == "<p>Das <b>Haus</b> ist alt.</p>"


def test_mastodon_sends_the_parts_of_a_post_as_html(server: httpx.Client) -> None:
    post = '<p>Good morning! <a href="https://a.example/tags/cats" class="mention hashtag">#<span>cats</span></a></p>'
    expected = post.replace("Good morning!", "Guten Morgen!")
    form = {"text": [post, "Hello!"], "source_lang": "EN", "target_lang": "de", "tag_handling": "html"}
    answer = server.post("/v2/translate", data=form, headers=KEY).json()
    assert [each["text"] for each in answer["translations"]] == [expected, "Hallo!"]
    body = {"q": [post, "Hello!"], "source": "auto", "target": "de", "format": "html", "api_key": ""}
    libre = server.post("/translate", json=body).json()
    assert libre["translatedText"] == [expected, "Hallo!"]
    assert [each["language"] for each in libre["detectedLanguage"]] == ["en", "en"]
    for kind in ("source", "target"):
        assert all({"language", "name"} <= each.keys() for each in server.get(f"/v2/languages?type={kind}").json())


def test_discourse_detects_and_translates_with_forms(server: httpx.Client) -> None:
    detected = server.post("/detect", data={"q": "Wo ist der Bahnhof?", "api_key": ""}).json()
    assert detected[0]["language"] == "de"
    form = {"q": "Guten Morgen!", "source": detected[0]["language"], "target": "en", "format": "html"}
    assert server.post("/translate", data=form).json()["translatedText"] == "Good morning!"


def test_omegat_asks_with_get(server: httpx.Client) -> None:
    parameters = {"text": "Good morning!", "source_lang": "EN", "target_lang": "DE", "tag_handling": "xml"}
    answer = server.get("/v2/translate", params={**parameters, "auth_key": "key"}).json()
    assert answer["translations"][0]["text"] == "Guten Morgen!"


def test_n8n_asks_for_usage_and_languages_with_post(server: httpx.Client) -> None:
    assert server.post("/v2/usage", headers=KEY).json()["character_limit"] > 0
    assert len(server.post("/v2/languages", json={}, headers=KEY).json()) == 4


def test_deep_translator_speaks_both_dialects_with_get_and_post(address: str) -> None:
    libre = LibreTranslator(source="en", target="de", api_key="key", custom_url=f"{address}/")
    assert libre.translate("Good morning!") == "Guten Morgen!"
    deepl = DeeplTranslator(api_key="key", source="en", target="de")
    deepl._base_url = f"{address}/v2/"  # its addresses are fixed
    assert deepl.translate("Good morning!") == "Guten Morgen!"


def test_weblate_asks_for_languages_glossaries_and_texts_with_numbered_tags(server: httpx.Client) -> None:
    sources, targets = (
        {each["language"] for each in server.get("/v2/languages", params={"type": kind}, headers=KEY).json()}
        for kind in ("source", "target")
    )
    assert {"EN", "DE"} <= sources
    assert {"DE", "EN-US"} <= targets
    pairs = server.get("/v2/glossary-language-pairs", headers=KEY).json()["supported_languages"]
    assert {"source_lang": "en", "target_lang": "de"} in pairs
    glossary = {"name": "weblate:1", "source_lang": "EN", "target_lang": "DE", "entries": "cat\tKater"}
    made = server.post("/v2/glossaries", json={**glossary, "entries_format": "tsv"}, headers=KEY).json()
    assert datetime.fromisoformat(made["creation_time"]).tzinfo is not None
    body = {
        "text": ['Good morning, <x id="14"></x>!', "The cat &amp; the dog &lt;3"],
        "source_lang": "EN",
        "target_lang": "DE",
        "formality": "default",
        "tag_handling": "xml",
        "ignore_tags": ["x"],
        "glossary_id": made["glossary_id"],
        "model_type": "prefer_quality_optimized",
    }
    first, second = (
        each["text"] for each in server.post("/v2/translate", json=body, headers=KEY).json()["translations"]
    )
    assert (first.startswith("Guten Morgen"), first.count('<x id="14"></x>')) == (True, 1)
    assert "Kater" in second
    assert second.count("&") == second.count("&amp;") + second.count("&lt;")
    assert server.delete(f"/v2/glossaries/{made['glossary_id']}", headers=KEY).status_code == 204
    assert server.delete(f"/v2/glossaries/{made['glossary_id']}", headers=KEY).status_code == 404


def test_weblate_speaks_libretranslate_with_lists(server: httpx.Client) -> None:
    codes = [each["code"] for each in server.get("/languages").json()]
    body = {"api_key": "", "q": ["Good morning!", "Hello!"], "source": "en", "target": "de"}
    assert {"en", "de"} <= set(codes)
    assert server.post("/translate", json=body).json()["translatedText"] == ["Guten Morgen!", "Hallo!"]
