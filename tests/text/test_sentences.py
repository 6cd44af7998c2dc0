"""Cutting loses nothing, finds sentences and clauses, and leaves what may not be cut whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.text.protected.spans import protected_spans
from nmt.text.sentences import LONGEST, segments


def words(text: str) -> int:
    return len(text.split())


def cores(text: str, language: str = "en") -> list[str]:
    return [segment.core for segment in segments(text, language, words) if segment.core]


TEXTS = st.text(st.sampled_from("ab. !?\n\r\t-*1.:,;)\u2022\u00a0\u3002\U0001f600 A")) | st.text()


@given(TEXTS)
def test_segments_give_the_text(text: str) -> None:
    found = segments(text, "en", words)
    assert "".join(segment.before + segment.core + segment.after for segment in found) == text
    assert all(segment.core == segment.core.strip() for segment in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rains. We stay home!", ["It rains.", "We stay home!"]),
        ("Dr. Smith came at 5.30. He left.", ["Dr. Smith came at 5.30.", "He left."]),
        ("One line\nand another", ["One line", "and another"]),
        ("- milk\n  * eggs\n\n1. First\n> quoted", ["milk", "eggs", "First", "quoted"]),
        ("## Title", ["Title"]),
        ("Read example.org/a.b now. It helps.", ["Read example.org/a.b now.", "It helps."]),
        ("<p>It rains <b>now</b>.</p>", ["It rains <b>now</b>."]),
        ("\U0001f600 Hello \U0001f600", ["Hello"]),
        ("<br/>\U0001f600", []),
        ("  \n\t", []),
    ],
)
def test_sentences_are_found_without_what_marks_a_list(text: str, expected: list[str]) -> None:
    assert cores(text) == expected


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u3000", "\u1680"])
def test_sentences_may_have_any_space(space: str) -> None:
    text = f"2 A{space}.( Well{space}! Come{space}in."
    found = segments(text, "fr", words)
    assert "".join(each.before + each.core + each.after for each in found) == text
    assert found[-1].core == f"Come{space}in."


def test_a_command_after_a_prompt_is_no_sentence() -> None:
    assert cores("Examples:\n  $ df -B1 | sort\n$ 5 each.") == ["Examples:", "$ 5 each."]


def test_a_long_sentence_is_cut_at_clauses_and_fits() -> None:
    clause = "and then the small dog ran after the big old cat again"
    text = ", ".join([clause] * 12) + "."
    pieces = cores(text)
    assert len(pieces) > 1
    assert all(words(piece) <= LONGEST for piece in pieces)
    assert all(piece.endswith((",", ".")) for piece in pieces)


@given(st.integers(LONGEST + 1, 400), st.sampled_from([" ", ""]))
def test_without_clauses_it_is_cut_between_words_or_anywhere(count: int, between: str) -> None:
    text = between.join(["word"] * count)
    pieces = cores(text)
    assert between.join(pieces) == text
    assert all(words(piece) <= LONGEST for piece in pieces)


def test_no_cut_falls_into_a_protected_part() -> None:
    address = "https://example.org/" + ",".join(["path;part"] * 30)
    text = f"Please read {address}, and then " + "word " * 80
    assert any(address in piece for piece in cores(text))
    assert [text[span.start : span.end] for span in protected_spans(text)] == [address]


@pytest.mark.parametrize(
    "part",
    ['<a class="' + "-".join(["one"] * 50) + '" href="%(name)s">', "https://example.org/" + "x" * 300],
)
def test_a_part_that_is_longer_than_a_piece_may_be_stays_whole(part: str) -> None:
    for text in (f"Why not {part}create one</a>?", f"See {part}", part):
        pieces = segments(text, "en", len)
        assert "".join(each.before + each.core + each.after for each in pieces) == text
        assert any(part in each.before + each.core + each.after for each in pieces)
