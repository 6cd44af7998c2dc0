"""A dictionary finds a word whatever its capitals, gives them to the translation, and survives its file."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.errors import PackageCorrupt
from nmt.runtime import Dictionary

DICTIONARY = Dictionary([("house", "Haus", "Gebäude"), ("Monday", "lundi"), ("us", "uns"), ("I", "ich")])


@pytest.mark.parametrize(
    ("word", "translations"),
    [
        ("house", ("Haus", "Gebäude")),
        ("House", ("Haus", "Gebäude")),
        ("HOUSE", ("HAUS", "GEBÄUDE")),
        ("Monday", ("lundi",)),
        ("monday", ("lundi",)),
        ("us", ("uns",)),
        ("Us", ("Uns",)),
        ("US", ()),  # may be an abbreviation
        ("I", ("ich",)),
        ("i", ("ich",)),
        ("houses", ()),
        ("house.", ()),
        ("", ()),
    ],
)
def test_words_are_found_in_any_case(word: str, translations: tuple[str, ...]) -> None:
    assert DICTIONARY.translations(word) == translations


@given(st.lists(st.tuples(st.text("abäß", min_size=1), st.text("xyz ", min_size=1)), max_size=9))
def test_a_dictionary_is_what_it_was_after_it_was_stored(entries: list[tuple[str, str]]) -> None:
    stored = Dictionary.of_bytes(Dictionary(entries).to_bytes())
    assert {word: stored.translations(word) for word, _ in entries} == {
        word: Dictionary(entries).translations(word) for word, _ in entries
    }


def test_which_words_are_always_translated_is_stored() -> None:
    marked = Dictionary([("house", "Haus"), ("Monday", "lundi"), ("us", "uns")], ["House", "Monday"])
    stored = Dictionary.of_bytes(marked.to_bytes())
    for dictionary in (marked, stored, Dictionary([("cat", "Katze")]).extended(stored)):
        forms = ["house", "House", "Monday", "monday", "us", "Us", "cat"]
        assert list(filter(dictionary.is_translated, forms)) == ["House", "Monday"]


def test_which_words_are_rare_is_stored() -> None:
    entries = [("house", "Haus"), ("Advent", "Advent"), ("oracle", "Orakel"), ("baker", "Bäcker")]
    marked = Dictionary(entries, rare=["Advent", "oracle", "baker"])
    newer = Dictionary([("cat", "Katze"), ("baker", "Bäcker"), ("house", "Haus")], rare=["house"])
    for dictionary in (marked, Dictionary.of_bytes(marked.to_bytes()), newer.extended(marked)):
        assert dictionary.rare_translations("oracle") == ("Orakel",)
        assert dictionary.rare_translations("Advent") == ("Advent",)
        assert dictionary.rare_translations("Oracle") == ()  # may be a name
        assert dictionary.rare_translations("house") == dictionary.rare_translations("dog") == ()
        assert not dictionary.is_translated("oracle")
    assert marked.rare_translations("baker") == ("Bäcker",)
    assert newer.rare_translations("house") == ("Haus",)
    assert newer.extended(marked).rare_translations("baker") == ()  # newer sentences have it


@given(
    st.dictionaries(st.text("aAbÄß", min_size=1), st.text("xyz ", min_size=1), max_size=30),
    st.text("aAbÄß", min_size=1),
)
def test_a_word_is_found_among_others_and_no_other(entries: dict[str, str], wanted: str) -> None:
    by_word = {word.casefold(): translation for word, translation in entries.items()}
    dictionary = Dictionary(list(entries.items()))
    assert len(dictionary) == len(by_word)
    found = dictionary.translations(wanted.lower())
    expected = by_word.get(wanted.lower().casefold())
    assert tuple(map(str.casefold, found)) == (() if expected is None else (expected.casefold(),))


def test_a_dictionary_of_an_earlier_version_does_not_know_which_words_are_always_translated() -> None:
    earlier = Dictionary.of_bytes(damaged("house\tHaus"))
    assert earlier.translations("house") == ("Haus",)
    assert not earlier.is_translated("house")


def test_own_entries_come_before_those_of_another_dictionary() -> None:
    both = DICTIONARY.extended(Dictionary([("house", "Bude"), ("cat", "Katze")]))
    assert both.translations("house") == ("Haus", "Gebäude")
    assert both.translations("cat") == ("Katze",)
    assert len(both) == 5


def damaged(text: str, *marks: int) -> bytes:
    content = io.BytesIO()
    stored = {"translated": np.array(marks, dtype=np.uint8)} if marks else {}
    np.savez_compressed(content, entries=np.frombuffer(text.encode(), dtype=np.uint8), **stored)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", damaged("house"), damaged("house\t"), damaged("a\tb\n\nc\td"), damaged("a\tb\nc\td", 1, 0, 3)],
)
def test_a_damaged_dictionary_is_refused(content: bytes) -> None:
    with pytest.raises(PackageCorrupt, match="dictionary"):
        Dictionary.of_bytes(content)
