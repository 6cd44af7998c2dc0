"""Translations that are kept: the same answers without work, never those of another model, glossary or suggestion."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from servers import running_server

from service.settings import Settings

PAIR = {"source": "en", "target": "xx"}


def translated(client: httpx.Client, text: str, **more: object) -> dict[str, Any]:
    answer = client.post("/translate", json={"q": text, **PAIR, **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def subwords(client: httpx.Client) -> float:
    """What the model has written so far."""
    found = re.search(r'nmt_output_subwords_total\{model="en-xx"\} (\S+)', client.get("/metrics").text)
    assert found is not None
    return float(found[1])


def work(client: httpx.Client, text: str, **more: object) -> float:
    before = subwords(client)
    translated(client, text, **more)
    return subwords(client) - before


@pytest.fixture
def settings(package: Path, tmp_path: Path) -> Settings:
    return Settings(
        models_dir=package.parent, threads=1, cached_sentences=100, suggestions=True, state_dir=tmp_path / "state"
    )


def test_a_sentence_is_translated_once_whatever_stands_around_it(settings: Settings) -> None:
    with running_server(settings) as client:
        first = translated(client, "The red cat sleeps.", details=True)
        assert work(client, "The red cat sleeps.\nThe red cat sleeps.") == 0
        again = translated(client, "The red cat sleeps.", details=True)
        times = ("queued_milliseconds", "decoding_milliseconds")
        for answer in (first, again):
            for sentence in answer["details"]["sentences"]:
                assert all(sentence.pop(name) >= 0.0 for name in times)
        assert again == first


def test_other_options_are_other_translations(settings: Settings) -> None:
    with running_server(settings) as client:
        translated(client, "red cat", beam_size=1)
        assert work(client, "red cat", beam_size=3) > 0
        assert work(client, "red cat", beam_size=3, alternatives=1) > 0


def test_the_sentence_asked_for_longest_ago_is_forgotten(settings: Settings) -> None:
    with running_server(settings.model_copy(update={"cached_sentences": 1})) as client:
        translated(client, "The red cat sleeps.")
        assert work(client, "The small dog runs.") > 0
        assert work(client, "The red cat sleeps.") > 0


def test_nothing_is_kept_unless_it_is_set(package: Path, tmp_path: Path) -> None:
    with running_server(Settings(models_dir=package.parent, threads=1, state_dir=tmp_path)) as client:
        translated(client, "The red cat sleeps.")
        assert work(client, "The red cat sleeps.") > 0


def test_suggestions_and_glossaries_win_from_the_moment_they_change(settings: Settings) -> None:
    with running_server(settings) as client:
        plain = translated(client, "red cat")["translatedText"]
        body = {"name": "pets", "source_lang": "en", "target_lang": "xx", "entries": "cat\tKatze"}
        made = client.post("/v2/glossaries", json=body).json()["glossary_id"]
        assert "Katze" in translated(client, "red cat", glossary=made)["translatedText"]
        replaced = {**PAIR, "source_lang": "en", "target_lang": "xx", "entries": "cat\tKater"}
        client.put(f"/v3/glossaries/{made}/dictionaries", json=replaced)
        assert "Kater" in translated(client, "red cat", glossary=made)["translatedText"]
        assert translated(client, "red cat")["translatedText"] == plain
        client.post("/suggest", json={"q": "red cat", "s": "rote Katze", **PAIR})
        assert translated(client, "red cat")["translatedText"] == "rote Katze"


def test_a_new_package_translates_for_itself(make_package: Callable[..., Path], tmp_path: Path) -> None:
    models = tmp_path / "models"
    make_package(models / "en-xx")
    settings = Settings(models_dir=models, threads=1, cached_sentences=100, reload_seconds=0.05, state_dir=tmp_path)
    with running_server(settings) as client:
        before = translated(client, "The red cat sleeps.", details=True)["details"]
        make_package(models / "en-xx", day=2, scale=-1.0)
        end = time.monotonic() + 20.0
        after = before
        while after["version"] == before["version"]:
            assert time.monotonic() < end
            after = translated(client, "The red cat sleeps.", details=True)["details"]
        assert after["sentences"][0]["score"] != before["sentences"][0]["score"]
