"""Where marks go: by links worked by hand, and always so that none is lost and none overlaps another."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.text.markup.tags import Mark, Stretch, place, stretches_to_link, trimmed
from nmt.text.markup.word_alignment import Links, words
from nmt.text.protected.spans import Span


def links(source: str, target: str, pairs: str) -> Links:
    """`pairs`: for each word of `target` the number of the word of `source` that it comes from, `-` for none."""
    found = Links(words(source), words(target), np.zeros((len(words(target)), len(words(source)))))
    for row, number in zip(found.weights, pairs.split(), strict=True):
        if number != "-":
            row[int(number)] = 0.9
    return found


def marked(source: str) -> tuple[str, list[Mark]]:
    """The text and the marks of `[a [b]] c`; braces are those of what is kept."""
    text, marks, opened = "", [], []
    for character in source:
        if character == "[":
            opened.append(len(marks))
            marks.append(Mark(len(text), 0, opened[-2] if len(opened) > 1 else None))
        elif character == "]":
            number = opened.pop()
            marks[number] = Mark(marks[number].start, len(text), marks[number].parent)
        else:
            text += character
            if text.endswith("{0}"):
                marks.append(Mark(len(text) - 3, len(text), opened[-1] if opened else None, is_kept=True))
    return text, trimmed(text, marks)


def shown(text: str, spans: list[Span], marks: list[Mark]) -> str:
    """`text` with brackets at `spans`, but for those of what is kept."""
    events = []
    for number, (span, mark) in enumerate(zip(spans, marks, strict=True)):
        if not mark.is_kept:
            empty = span.start == span.end
            events += [
                (span.start, 0 if empty else 1, number, "["),
                (span.end, 0 if empty else -1, -number if not empty else number, "]"),
            ]
    for position, _, _, bracket in sorted(events, reverse=True):
        text = text[:position] + bracket + text[position:]
    return text


@pytest.mark.parametrize(
    ("source", "target", "pairs", "expected"),
    [
        ("the [red] house.", "das rote Haus.", "0 1 2 3", "das [rote] Haus."),
        (
            "I have [seen the dog] today.",
            "Ich habe heute den Hund gesehen.",
            "0 1 5 3 4 2 6",
            "Ich habe heute [den Hund gesehen].",
        ),
        ("he [calls] me", "er ruft mich an", "0 1 2 1", "er [ruft] mich an"),
        ("a [b c] d", "a b b x c c d", "0 1 1 - 2 2 3", "a [b b x c c] d"),
        ("a [b c] d", "a b x y c c d", "0 1 - - 2 2 3", "a b x y [c c] d"),
        ("a [b [c]] d", "c b d a", "2 1 3 0", "[[c] b] d a"),
        ("[a] [b] c", "b a c", "1 0 2", "[b] [a] c"),
        ("see [b], c", "c, siehe b", "3 2 0 1", "c, siehe [b]"),
        ("see (b [now!]) c", "siehe (b jetzt!) c", "0 1 2 3 - 5 6", "siehe (b [jetzt!]) c"),
        ("[a b c].", "x, y z!", "- - - - -", "[x, y z]!"),
        ("a [b] c", "a c", "0 2", "a[] c"),
        ("a []b c", "c b a", "2 1 0", "c []b a"),
        ("a[] b c", "c b a", "2 1 0", "c b a[]"),
        ("a [b {0}] c", "c {0} b a", "3 - 1 0", "c [{0} b] a"),
        ("[H]elp c", "c Hilfe", "1 0", "c [Hilfe]"),
        ("it [is] x", "das x", "- 2", "das []x"),
        ("\u732b [\u597d] b", "b \u597d\u732b", "2 1 0", "b [\u597d]\u732b"),
    ],
)
def test_a_mark_goes_with_its_words(source: str, target: str, pairs: str, expected: str) -> None:
    text, marks = marked(source)
    spans = place([Stretch(text, target, links(text, target, pairs))], marks)
    assert spans is not None
    assert shown(target, spans, marks) == expected


def test_a_mark_of_words_has_a_word_even_if_only_a_hyphen_comes_from_there() -> None:
    text, marks = marked("are [you]?")
    target = "allez-vous ?"
    weights = np.array([[0.9, 0.0, 0.0], [0.1, 0.8, 0.0], [0.5, 0.4, 0.0], [0.0, 0.0, 0.9]])
    spans = place([Stretch(text, target, Links(words(text), words(target), weights))], marks)
    assert spans is not None
    assert shown(target, spans, marks) == "allez-[vous] ?"


@pytest.mark.parametrize(
    ("source", "target", "pairs"),
    [
        ("[a {0}] b [c]", "a b c", "0 2 3"),
        ("[a {0}] b", "a {0} {0} b", "0 1 1 2"),
        ("a {0} b", "a{{0}} b", "0 - 2"),
    ],
)
def test_what_is_kept_and_lost_or_doubled_cannot_be_placed(source: str, target: str, pairs: str) -> None:
    text, marks = marked(source)
    assert place([Stretch(text, target, links(text, target, pairs))], marks) is None


def test_without_links_only_what_needs_none_is_placed() -> None:
    def spans(source: str, target: str) -> list[Span] | None:
        text, marks = marked(source)
        assert bool(stretches_to_link([Stretch(text, target)], marks)) is (
            place([Stretch(text, target)], marks) is None
        )
        return place([Stretch(text, target)], marks)

    assert spans("[a b]", "x y z") == [Span(0, 5)]
    assert spans("a [b]", "x y") is None
    assert spans("a [b]", "a b") == [Span(2, 3)]


def test_a_mark_over_several_sentences_goes_from_its_first_word_to_its_last() -> None:
    _, marks = marked("a [b. [c]. d] e")
    stretches = [
        Stretch("a b.", "B A.", links("a b.", "B A.", "1 0 2")),
        Stretch(" ", " "),
        Stretch("c.", "C!", links("c.", "C!", "0 1")),
        Stretch(" ", " "),
        Stretch("d e", "E D", links("d e", "E D", "1 0")),
    ]
    spans = place(stretches, marks)
    assert spans is not None
    assert shown("B A. C! E D", spans, marks) == "[B A. [C]! E D]"


SENTENCES = st.text(st.sampled_from("ab ,.{}0"), min_size=1, max_size=12)


@st.composite
def placings(draw: st.DrawFn) -> tuple[list[Stretch], list[Mark]]:
    stretches = []
    for _ in range(draw(st.integers(1, 4))):
        source, target = draw(SENTENCES), draw(SENTENCES)
        shape = len(words(target)), len(words(source))
        weights = np.random.default_rng(draw(st.integers(0, 9))).dirichlet(np.full(shape[1] + 1, 0.2), shape[0])[:, :-1]
        stretches.append(Stretch(source, target, Links(words(source), words(target), weights)))
    text = "".join(stretch.source for stretch in stretches)
    marks: list[Mark] = []

    def fill(start: int, end: int, parent: int | None) -> None:
        while start <= end and len(marks) < 12 and draw(st.booleans()):
            first = draw(st.integers(start, end))
            last = draw(st.integers(first, end))
            marks.append(Mark(first, last, parent))
            fill(first, last, len(marks) - 1)
            start = last

    fill(0, len(text), None)
    return stretches, trimmed(text, marks)


@given(placings())
def test_marks_stay_in_their_parents_and_beside_their_siblings(given: tuple[list[Stretch], list[Mark]]) -> None:
    stretches, marks = given
    spans = place(stretches, marks)
    assert spans is not None
    assert len(spans) == len(marks)
    length = sum(len(stretch.target) for stretch in stretches)
    for parent in {mark.parent for mark in marks}:
        around = Span(0, length) if parent is None else spans[parent]
        inside = sorted(
            (span.start, span.end) for span, mark in zip(spans, marks, strict=True) if mark.parent == parent
        )
        assert all(one[1] <= other[0] for one, other in pairwise(inside))
        assert all(around.start <= start <= end <= around.end for start, end in inside)


@given(st.text())
def test_words_lie_in_order_and_leave_out_only_white_space(text: str) -> None:
    found = words(text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    covered = {place for word in found for place in range(word.start, word.end)}
    assert all(character.isspace() or place in covered for place, character in enumerate(text))
