"""HTML in requests, with the shipped translators: whole sentences, and elements around the right words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from servers import SHIPPED, running_server

from service.settings import Settings

SENTENCE = 'The <b>house</b> is <a href="/x">very old</a>.'


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=SHIPPED, threads=1)) as connected:
        yield connected


def answer(client: httpx.Client, path: str = "/translate", **body: object) -> Any:
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_sentence_is_translated_whole_and_its_details_say_so(client: httpx.Client) -> None:
    found = answer(client, q=SENTENCE, source="en", target="de", format="html", details=True)
    assert found["translatedText"] == 'Das <b>Haus</b> ist <a href="/x">sehr alt</a>.'
    (sentence,) = found["details"]["sentences"]
    assert sentence["source"] == "The house is very old."
    assert sentence["translation"] == "Das Haus ist sehr alt."
    assert len(sentence["alignment"]["weights"]) == len(sentence["subwords"])


def test_alternatives_have_every_element_once(client: httpx.Client) -> None:
    found = answer(client, q=SENTENCE, source="en", target="de", format="html", alternatives=2)
    texts = [found["translatedText"], *found["alternatives"]]
    assert len(set(texts)) == len(texts) >= 2  # as many as the model has
    assert all(text.count("<b>") == text.count('<a href="/x">') == text.count("</a>") == 1 for text in texts)


def test_several_texts_and_languages_share_a_request(client: httpx.Client) -> None:
    texts = [SENTENCE, "<p>Good morning!</p>", "Das <i>Haus</i> ist alt."]
    found = answer(client, q=texts, source="auto", target="de", format="html")
    assert found["translatedText"] == [
        'Das <b>Haus</b> ist <a href="/x">sehr alt</a>.',
        "<p>Guten Morgen!</p>",
        texts[2],
    ]


def test_deepl_s_clients_have_it_too(client: httpx.Client) -> None:
    body = {"text": [SENTENCE], "source_lang": "EN", "target_lang": "DE", "tag_handling": "html"}
    found = answer(client, "/v2/translate", **body)
    assert found["translations"][0]["text"] == 'Das <b>Haus</b> ist <a href="/x">sehr alt</a>.'
