"""What details say, with the shipped translators."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from servers import SHIPPED, running_server

from nmt.errors import DeadlineExceeded
from nmt.runtime import Translator
from nmt.text import TranslatedText, translate_texts
from service.dialects.libretranslate.translation_details import details_of
from service.settings import Settings
from service.translating.answerer import Answer


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=SHIPPED, threads=1)) as connected:
        yield connected


@pytest.fixture(scope="module")
def translator() -> Iterator[Translator]:
    with Translator.load(SHIPPED / "en-de", threads=1) as loaded:
        yield loaded


def details(client: httpx.Client, q: str | list[str], **body: object) -> Any:
    response = client.post("/translate", json={"q": q, "source": "en", "target": "de", "details": True, **body})
    assert response.status_code == 200, response.text
    return response.json()["details"]


def test_details_say_how_each_sentence_came_about(client: httpx.Client) -> None:
    found = details(client, "Good morning! 12:30.")
    assert found["model"] == "en-de"
    first, second = found["sentences"]
    assert first["translation"] == "Guten Morgen!"
    assert "".join(subword["piece"] for subword in first["subwords"]) == "\u2581Guten\u2581Morgen!<END>"
    assert all(0.0 < subword["probability"] <= 1.0 for subword in first["subwords"])
    assert first["decoding_milliseconds"] > 0.0
    assert not any(
        first[flag]
        for flag in ("truncated", "repetition_stopped", "translated_around", "used_stand_ins", "copied_source")
    )
    assert (second["translation"], second["subwords"]) == ("12:30.", [])
    assert (second["score"], second["alignment"]) == (None, None)


def test_a_cut_translation_says_so(client: httpx.Client) -> None:
    found = details(client, "I would like to see the old house.", max_length=2)
    assert found["sentences"][0]["truncated"] is True


def test_an_alignment_has_the_weight_of_every_source_subword_for_every_subword(client: httpx.Client) -> None:
    texts = ["The old house is red.", "Good morning! I have a dog."]
    sentences = [sentence for each in details(client, texts) for sentence in each["sentences"]]
    assert len(sentences) == 3
    for sentence in sentences:
        source, target, weights = (sentence["alignment"][name] for name in ("source", "target", "weights"))
        assert "".join(source).replace("\u2581", " ").strip() == f"{sentence['source']}<END>"
        assert target == [subword["piece"] for subword in sentence["subwords"]]
        assert [len(row) for row in weights] == [len(source)] * len(target)
        for row in weights:
            assert sum(row) == pytest.approx(1.0, abs=0.001 * len(row))
            assert all(weight == round(weight, 3) for weight in row)


def test_a_translated_word_attends_to_its_source(client: httpx.Client) -> None:
    alignment = details(client, "The house is red.")["sentences"][0]["alignment"]
    row = alignment["weights"][alignment["target"].index("\u2581Haus")]
    assert alignment["source"][row.index(max(row))] == "\u2581house"


def test_with_stand_ins_subwords_and_alignment_belong_to_the_answer(client: httpx.Client) -> None:
    (sentence,) = details(client, "jane@example.com is here.")["sentences"]
    assert sentence["used_stand_ins"] is True
    written = "".join(subword["piece"] for subword in sentence["subwords"]).replace("\u2581", " ").strip()
    assert written == sentence["translation"].replace("jane@example.com", "31") + "<END>"
    assert "".join(sentence["alignment"]["source"]).startswith("\u258131")


def test_a_text_that_was_not_translated_has_no_details(client: httpx.Client) -> None:
    one, other = details(client, ["Wo ist der Bahnhof?", "Where is the station?"], source="auto")
    assert one is None
    assert other["sentences"][0]["alignment"] is not None


def test_beyond_a_million_weights_a_request_has_no_alignments(translator: Translator) -> None:
    (text,) = translate_texts(translator, ["Good morning! Hello! Good night!"], translator.options(beam_size=1))
    first, second, third = text.sentences
    assert second.result is not None
    long = replace(second, result=replace(second.result, source_subwords=1_000_000))
    answer = Answer(["..."], translator, [TranslatedText((first, long, third))])
    (found,) = asyncio.run(details_of([answer], time.monotonic() + 60.0))
    assert found is not None
    assert [sentence.alignment is not None for sentence in found.sentences] == [True, False, False]
    assert all(sentence.subwords for sentence in found.sentences)


def test_alignments_are_not_computed_beyond_the_deadline(translator: Translator) -> None:
    (text,) = translate_texts(translator, ["Good morning!"], translator.options(beam_size=1))
    with pytest.raises(DeadlineExceeded, match="ask for no details"):
        asyncio.run(details_of([Answer(["..."], translator, [text])], 0.0))
