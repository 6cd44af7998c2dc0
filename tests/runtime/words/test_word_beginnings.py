"""A word that begins as none of the known ones does is penalised once, at the subword where that shows."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.errors import PackageCorrupt
from nmt.runtime import WordBeginnings
from nmt.runtime.words import Spelling, Subwords, beginnings_of
from nmt.runtime.words.word_beginnings import NO_LETTERS, PENALTY, UNCHECKED

PIECES = [
    "<END>", "\u2581sobre", "ven", "ta", "suel", "ada", "\u2581", "\u2581Sobre", "'", ".", "7", "<0xC3>", "da\u0301do",
]  # fmt: skip
SUBWORDS = Subwords(PIECES)
IDS = {piece: number for number, piece in enumerate(PIECES)}


def ids_of(*pieces: str) -> list[int]:
    return [IDS[piece] for piece in pieces]


def spelling(*known: list[int], source: list[int] | None = None) -> Spelling:
    beginnings = WordBeginnings.of(each for word in known for each in beginnings_of(SUBWORDS, word))
    return Spelling(SUBWORDS, beginnings, source or [])


def penalised(spelling: Spelling, ids: list[int]) -> list[str]:
    """Return the subwords that cost a penalty."""
    word, found = NO_LETTERS, []
    for number in ids:
        word, penalty = spelling.after(word, number)
        assert penalty in (0.0, PENALTY)
        found += [PIECES[number]] * (penalty > 0)
    return found


KNOWN = ids_of("\u2581sobre", "ven", "ta")


def test_a_known_word_costs_nothing_however_it_is_written() -> None:
    words = spelling(KNOWN)
    assert penalised(words, KNOWN) == []
    assert penalised(words, ids_of("\u2581Sobre", "ven", "ta", ".")) == []
    assert penalised(words, ids_of("'", "\u2581sobre", ".", "\u2581", "\u2581sobre", "ven")) == []


def test_the_first_subword_that_no_word_goes_on_with_costs_once() -> None:
    invented = ids_of("\u2581sobre", "suel", "ada", "ta", ".", "<END>")
    assert penalised(spelling(KNOWN), invented) == ["suel"]
    assert penalised(spelling(KNOWN), invented + invented) == ["suel", "suel"]


def test_each_part_of_a_word_between_signs_is_a_word() -> None:
    assert penalised(spelling(KNOWN), ids_of("\u2581sobre", "'", "ven", "ta")) == ["ven"]
    assert penalised(spelling(KNOWN, ids_of("ven", "ta")), ids_of("\u2581sobre", "'", "ven", "ta")) == []


def test_words_of_the_source_may_be_copied() -> None:
    name = ids_of("\u2581Sobre", "suel", "ada")
    assert penalised(spelling(KNOWN, source=name), name) == []
    assert penalised(spelling(KNOWN).of(name), ids_of("\u2581sobre", "suel", "ada", "ta")) == ["ta"]


def test_bytes_are_not_judged() -> None:
    assert penalised(spelling(KNOWN), ids_of("\u2581sobre", "<0xC3>", "suel", "ada")) == []


def test_signs_above_letters_are_part_of_the_word() -> None:
    assert penalised(spelling(ids_of("da\u0301do")), ids_of("da\u0301do", "ta")) == ["ta"]


@given(st.lists(st.sampled_from(["a", "\u00e9", "xyz", "\u0434\u043e"]), min_size=1, max_size=9), st.data())
def test_a_beginning_is_the_same_however_it_is_divided(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(text)), max_size=4)))
    pieces = [text[first:last] for first, last in zip([0, *cuts], [*cuts, len(text)], strict=True) if first < last]
    whole, divided = Subwords(["\u2581" + text]), Subwords(["\u2581" + pieces[0].upper(), *pieces[1:]])
    if pieces[0].upper().casefold() == pieces[0]:
        assert beginnings_of(whole, [0])[-1] == beginnings_of(divided, range(len(pieces)))[-1]


@given(st.lists(st.integers(2, 2**64 - 1), min_size=1, max_size=50), st.lists(st.integers(2, 2**64 - 1), max_size=9))
def test_beginnings_are_known_after_a_round_trip_and_beside_further_ones(first: list[int], more: list[int]) -> None:
    known = WordBeginnings.of_bytes(WordBeginnings.of(first).to_bytes())
    assert all(each in known for each in first)
    assert all(each in known.extended(more) for each in first + more)


def test_under_four_in_a_hundred_others_are_taken_for_known() -> None:
    known = WordBeginnings.of(range(2, 4002))
    assert sum(each in known for each in range(10_000, 12_000)) < 80


def test_a_filter_that_cannot_be_is_reported() -> None:
    stored = io.BytesIO()
    np.savez(stored, bits=np.ones(3, dtype=np.float32))
    nothing = io.BytesIO()
    np.savez(nothing, bits=np.ones(0, dtype=np.uint8))
    for content in (b"", b"nothing", stored.getvalue(), nothing.getvalue()):
        with pytest.raises(PackageCorrupt, match=r"word beginnings: .*; export the package again"):
            WordBeginnings.of_bytes(content)


def test_the_letters_of_a_subword_follow_the_formula() -> None:
    base, text = 0x9E3779B97F4A7C15, "\u00e9a".encode()
    expected = 1
    for byte in text:
        expected = (expected * base + byte) % 2**64
    assert beginnings_of(Subwords(["\u2581\u00c9", "a"]), [0, 1])[-1] == expected
    assert UNCHECKED != expected != NO_LETTERS
