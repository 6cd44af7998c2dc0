"""The memory's file: nothing is lost, the index finds what a comparison with every unit finds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt.errors import ConfigError
from nmt.memory import SUGGESTION, Memory
from nmt.memory.matching import matched
from nmt.memory.pieces import Pieces
from nmt.memory.segments import is_comparable

PAIR = ("en", "de")
WORDS = st.sampled_from(
    [
        "the",
        "cat",
        "sleeps",
        "on",
        "a",
        "red",
        "mat",
        "and",
        "dreams",
        "of",
        "mice",
        "often",
        "3",
        "17",
        "{name}",
        ".",
        ",",
        "naïve",
    ]
)


@st.composite
def near_texts(draw: st.DrawFn) -> list[str]:
    """Texts of which many are some edits from one another."""
    texts = []
    for base in draw(st.lists(st.lists(WORDS, min_size=1, max_size=25), min_size=1, max_size=3)):
        for _ in range(draw(st.integers(1, 6))):
            words = list(base)
            for _ in range(draw(st.integers(0, 1 + len(base) // 4))):
                place = draw(st.integers(0, len(words)))
                words[place : place + draw(st.integers(0, 1))] = draw(st.lists(WORDS, max_size=1))
            texts.append(" ".join(words))
    return texts


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory(tmp_path / "memory.sqlite3") as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    """A memory in which each example has a language of its own."""
    with Memory(tmp_path_factory.mktemp("memory") / "memory.sqlite3") as opened:
        yield opened


LANGUAGES = count()


@settings(deadline=None, max_examples=40)
@given(units=near_texts(), texts=near_texts())
def test_the_index_finds_every_match_that_there_is(shared: Memory, units: list[str], texts: list[str]) -> None:
    pair = "en", str(next(LANGUAGES))
    shared.add(pair, ((unit, f"<{unit}>") for unit in units), "all")
    shared.index()
    for text in (*texts, *units):
        if not is_comparable(Pieces.of(text).masked):
            continue
        best: dict[str, int] = {}
        for unit in units:
            if match := matched(text, Pieces.of(text), unit, f"<{unit}>"):
                best[match.target] = max(match.percent, best.get(match.target, 0))
        assert {match.target: match.percent for match in shared.similar(pair, text, 1000)} == best


@settings(deadline=None, max_examples=40)
@given(pairs=st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=20))
def test_an_equal_text_is_always_found_at_100_percent(shared: Memory, pairs: list[tuple[str, str]]) -> None:
    pair = "en", str(next(LANGUAGES))
    shared.add(pair, pairs, "all")
    shared.index()
    for source, target in pairs:
        if source.strip() and target.strip():
            found = shared.similar(pair, f" {source}\n", 1000)
            assert found[0].percent == 100
            assert found[0].target == shared.find(pair, f" {source}\n")
            assert target.strip() in {match.target.strip() for match in found if match.percent == 100}


def test_a_source_keeps_all_translations_and_the_newest_counts(memory: Memory) -> None:
    assert memory.add(PAIR, [("cat", "Katze"), ("cat", "Kater"), ("cat", "Katze"), (" ", "x"), ("x", "")], "a.tmx") == 2
    assert memory.add(PAIR, [("cat", "Katze")], "b.tmx") == 0
    assert memory.find(PAIR, "cat") == "Kater"
    assert [match.target for match in memory.similar(PAIR, "cat", 5)] == ["Kater", "Katze"]
    assert memory.find(("en", "fr"), "cat") is None
    assert memory.similar(("en", "fr"), "cat", 5) == []


def test_a_suggestion_replaces_the_last_one_and_no_other_unit(memory: Memory) -> None:
    memory.add(PAIR, [("a red cat", "eine rote Katze"), ("a red cat", "rot")], "a.tmx")
    memory.index()
    for target in ("falsch", "besser", "eine rote Katze"):
        memory.suggest(PAIR, "a red cat", target)
        assert memory.find(PAIR, "a red cat") == target
    assert [match.target for match in memory.similar(PAIR, "a red cats", 5)] == ["eine rote Katze", "rot"]
    assert [(each.origin, each.units) for each in memory.counts()] == [("a.tmx", 1), (SUGGESTION, 1)]


def test_units_added_after_suggestions_replaced_others_are_found(memory: Memory) -> None:
    """Numbers of removed units must not be given again, since all up to one number are taken as indexed."""
    for target in ("eins", "zwei"):
        memory.suggest(PAIR, "a red cat", target)
        memory.index()
    memory.add(PAIR, [("a red cat", "drei")], "a.tmx")
    memory.suggest(PAIR, "a red cat", "drei")
    memory.add(PAIR, [("the old dog", "der alte Hund"), ("the small tree", "der kleine Baum")], "a.tmx")
    memory.index()
    assert [match.target for match in memory.similar(PAIR, "the old dogs", 5)] == ["der alte Hund"]
    assert [match.target for match in memory.similar(PAIR, "the small trees", 5)] == ["der kleine Baum"]


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    with Memory(path) as reader, Memory(path) as other:
        reader.suggest(PAIR, "a red cat", "eine rote Katze")
        writer = sqlite3.connect(path, isolation_level=None)
        writer.execute("begin immediate")
        assert [match.percent for match in other.similar(PAIR, "a red cats", 5)] == [75]
        assert reader.find(PAIR, "a red cat") == "eine rote Katze"
        writer.execute("rollback")
        writer.close()


def test_threads_share_a_memory(memory: Memory) -> None:
    memory.add(PAIR, ((f"the cat number {n} sleeps", f"Katze {n}") for n in range(200)), "a.tmx")
    memory.index()

    def look() -> list[str | None]:
        return [memory.find(PAIR, f"the cat number {n} sleeps") for n in range(200)]

    with ThreadPoolExecutor(4) as threads:
        looking = [threads.submit(look) for _ in range(4)]
        for n in range(50):
            memory.suggest(PAIR, f"a dog {n}", "Hund")
        assert [each.result() for each in looking] == [[f"Katze {n}" for n in range(200)]] * 4


def test_a_file_of_another_version_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    Memory(path).close()
    database = sqlite3.connect(path)
    database.execute("pragma user_version = 99")
    database.close()
    with pytest.raises(ConfigError, match=r"revision 99.*export it"):
        Memory(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "memory.sqlite3").write_bytes(b"not a database, but long enough to be looked into" * 100)
    with pytest.raises(ConfigError, match="NMT_STATE_DIR"):
        Memory(tmp_path / "memory.sqlite3")
