"""The translation memory in the answers of a real service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from servers import running_server

from service.settings import Settings
from service.state import State
from service.translating.memory import open_memory

LANGUAGES = "en", "xx"
PAIR = {"source": "en", "target": "xx"}
UNITS = (
    ("the red cat sleeps on page 4 of 12", "die rote Katze schläft auf Seite 4 von 12"),
    ("the red cat sleeps", "die rote Katze schläft"),
    ("the red cat sleeps", "eine rote Katze schläft"),
)


@pytest.fixture
def settings(package: Path, tmp_path: Path) -> Settings:
    return Settings(models_dir=package.parent, threads=1, memory=True, state_dir=tmp_path / "state")


@pytest.fixture
def client(settings: Settings) -> Iterator[httpx.Client]:
    state = State(settings.state_dir)
    with open_memory(settings.state_dir, state) as memory:
        memory.add(LANGUAGES, UNITS, "units.tmx")
        memory.index()
    state.close()
    with running_server(settings) as connected:
        yield connected


def translated(client: httpx.Client, q: str | list[str], **more: object) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/translate", json={"q": q, **PAIR, **more}).json()
    return answer


def test_an_equal_text_is_answered_from_the_memory(client: httpx.Client) -> None:
    found = translated(client, "  the red cat sleeps\n", alternatives=3, details=True)
    assert found["translatedText"] == "  eine rote Katze schläft\n"
    assert found["alternatives"] == ["  die rote Katze schläft\n"]
    assert found["details"]["from_memory"] is True
    assert [match["percent"] for match in found["details"]["memory"]] == [100, 100]


def test_a_similar_text_gets_matches_as_alternatives_with_its_numbers(client: httpx.Client) -> None:
    text = "the red cat sleeps on page 3 of 10"
    alone = translated(client, text)["translatedText"]
    found = translated(client, text, alternatives=2, details=True)
    assert found["translatedText"] == alone
    assert found["alternatives"][0] == "die rote Katze schläft auf Seite 3 von 10"
    assert len(found["alternatives"]) <= 2
    assert found["details"]["from_memory"] is False
    assert found["details"]["memory"] == [
        {"percent": 99, "source": UNITS[0][0], "translation": "die rote Katze schläft auf Seite 3 von 10"}
    ]


def test_without_alternatives_only_equal_texts_are_looked_for(client: httpx.Client) -> None:
    found = translated(client, "the red cat sleeps on page 3 of 10", details=True)
    assert found["details"]["memory"] == []
    assert "alternatives" not in found


def test_markup_is_not_looked_for(client: httpx.Client) -> None:
    found = translated(client, "the red cat sleeps", format="html", alternatives=1, details=True)
    assert found["details"]["from_memory"] is False
    assert found["details"]["memory"] == []


def test_units_that_another_process_adds_are_found_at_once(client: httpx.Client, settings: Settings) -> None:
    assert translated(client, "blue house")["translatedText"] != "blaues Haus"
    state = State(settings.state_dir)
    with open_memory(settings.state_dir, state) as memory:
        memory.add(LANGUAGES, [("blue house", "blaues Haus")], "more.tmx")
        assert translated(client, "blue house")["translatedText"] == "blaues Haus"
    state.close()


def test_a_memory_without_suggestions_takes_none(client: httpx.Client) -> None:
    answer = client.post("/suggest", json={"q": "red cat", "s": "x", **PAIR})
    assert answer.status_code == 403
    assert "NMT_SUGGESTIONS" in answer.json()["error"]


def test_the_memory_is_off_unless_it_is_set(client: httpx.Client, settings: Settings) -> None:
    with running_server(Settings(models_dir=settings.models_dir, threads=1, state_dir=settings.state_dir)) as without:
        assert translated(without, "the red cat sleeps")["translatedText"] != "eine rote Katze schläft"


def test_suggestions_of_earlier_versions_move_into_the_memory(settings: Settings) -> None:
    state = State(settings.state_dir)
    insert = "insert into suggestion (source_language, target_language, source, target) values (?, ?, ?, ?)"
    state.run(insert, "en", "xx", "red cat", "rote Katze")
    state.run(insert, "en", "yy", "old dog", "alter Hund")
    with open_memory(settings.state_dir, state) as memory:
        assert memory.find(LANGUAGES, "red cat") == "rote Katze"
        assert memory.find(("en", "yy"), "old dog") == "alter Hund"
        memory.suggest(LANGUAGES, "red cat", "eine rote Katze")
    state.run(insert, "en", "xx", "red cat", "rote Katze")  # as by an earlier version that runs beside this one
    with open_memory(settings.state_dir, state) as memory:
        assert memory.find(LANGUAGES, "red cat") == "eine rote Katze"
        assert [each.units for each in memory.counts()] == [1, 1]
    assert state.run("select * from suggestion") == []
    state.close()
