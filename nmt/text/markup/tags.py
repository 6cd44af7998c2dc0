"""Placement of a text's marks in its translation. A mark has a start and an end, and marks may be nested."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from nmt.text.markup.tag_projection import Wanted, placed
from nmt.text.markup.word_alignment import Links
from nmt.text.protected.spans import Span


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of a text that has a property, such as being a link or bold."""

    start: int
    end: int
    parent: int | None = None
    """Index of the enclosing mark. A parent comes before its children in the list."""
    is_kept: bool = False
    """Whether the mark's text stays unchanged and is found in the translation letter by letter."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a text and its translation: a sentence, or the unchanged text between two sentences."""

    source: str
    target: str
    links: Links | None = None
    """None if the links are unknown."""

    @property
    def is_unchanged(self) -> bool:
        """Whether the translation equals the source."""
        return self.source == self.target


def trimmed(text: str, marks: Sequence[Mark]) -> list[Mark]:
    """Return `marks` without white space at their ends. A mark of white space alone becomes empty. Each stays inside
    its parent."""
    characters = list(text)
    for mark in marks:
        if mark.is_kept:  # line breaks are also kept
            characters[mark.start : mark.end] = "x" * (mark.end - mark.start)
    solid = "".join(characters)
    found: list[Mark] = []
    for mark in marks:
        inside = solid[mark.start : mark.end]
        start, end = mark.end - len(inside.lstrip()), mark.start + len(inside.rstrip())
        if start >= end:
            start = end = mark.start
            if mark.parent is not None:
                around = found[mark.parent]
                start = end = min(max(start, around.start), around.end)
        found.append(replace(mark, start=start, end=end))
    return found


def stretches_to_link(stretches: Sequence[Stretch], marks: Sequence[Mark]) -> set[int]:
    """Return the indices of `stretches` that have a start or an end of a mark inside. `marks` must be trimmed."""
    starts = _starts([stretch.source for stretch in stretches])
    return {
        index
        for mark, wanted in zip(marks, _wanted(marks, starts), strict=True)
        if not mark.is_kept
        for index in wanted
        if not stretches[index].is_unchanged
    }


def place(stretches: Sequence[Stretch], marks: Sequence[Mark]) -> list[Span] | None:
    """Return the span of each of `marks` in the translation, or None if one cannot be placed. `marks` must be trimmed.

    Nested marks stay nested, and no two marks overlap that did not overlap before.
    """
    source_starts = _starts([stretch.source for stretch in stretches])
    target_starts = _starts([stretch.target for stretch in stretches])
    by_stretch: dict[int, list[tuple[int, Wanted]]] = {}
    found: list[list[Span]] = [[] for _ in marks]
    for number, (mark, parts) in enumerate(zip(marks, _wanted(marks, source_starts), strict=True)):
        for index, wanted in parts.items():
            by_stretch.setdefault(index, []).append((number, wanted))
        found[number] += _whole(mark, source_starts, target_starts)
    for index, local in by_stretch.items():
        numbers = {number: place for place, (number, _) in enumerate(local)}
        wanted_here = [
            replace(wanted, parent=numbers.get(_parent(marks[number])), is_kept=marks[number].is_kept)
            for number, wanted in local
        ]
        spans = placed(stretches[index].source, stretches[index].target, stretches[index].links, wanted_here)
        if spans is None:
            return None
        for number, span in zip(numbers, spans, strict=True):
            found[number].append(Span(target_starts[index] + span.start, target_starts[index] + span.end))
    spans = [Span(min(span.start for span in each), max(span.end for span in each)) for each in found]
    return spans if _is_tree(spans, marks) else None


def _parent(mark: Mark) -> int:
    return -1 if mark.parent is None else mark.parent


def _starts(texts: Sequence[str]) -> list[int]:
    """Return the offset of each of `texts` in their concatenation, and the offset of its end."""
    return list(accumulate(map(len, texts), initial=0))


def _wanted(marks: Sequence[Mark], starts: Sequence[int]) -> Iterator[dict[int, Wanted]]:
    """Yield, for each of `marks`, the stretches that contain its start or its end, and the part of it inside each."""
    at_end: list[bool] = []  # of the parent: an empty mark there belongs to the stretch in which the parent ends
    last = len(starts) - 2
    for mark in marks:
        parent = None if mark.parent is None else marks[mark.parent]
        is_empty = mark.start == mark.end
        at_end.append(
            is_empty
            and parent is not None
            and (at_end[_parent(mark)] if parent.start == parent.end else mark.start == parent.end)
        )
        final = min(bisect_left(starts, mark.end) - 1, last)
        first = min(bisect_right(starts, mark.start) - 1, last)
        places = {max(final, 0) if at_end[-1] else first} if is_empty else {first, final}
        yield {
            index: Wanted(
                max(mark.start - starts[index], 0),
                min(mark.end, starts[index + 1]) - starts[index],
                mark.start < starts[index],
                mark.end > starts[index + 1],
            )
            for index in places
            if is_empty or mark.start > starts[index] or mark.end < starts[index + 1]
        }


def _whole(mark: Mark, source_starts: Sequence[int], target_starts: Sequence[int]) -> list[Span]:
    """Return the span in the translation of the stretches that lie entirely in `mark`."""
    first, final = bisect_left(source_starts, mark.start), bisect_right(source_starts, mark.end) - 1
    return [Span(target_starts[first], target_starts[final])] if first < final else []


def _is_tree(spans: Sequence[Span], marks: Sequence[Mark]) -> bool:
    """Whether each of `spans` lies inside its parent's span and does not overlap its siblings."""
    siblings: dict[int | None, list[Span]] = {}
    for span, mark in zip(spans, marks, strict=True):
        siblings.setdefault(mark.parent, []).append(span)
        around = span if mark.parent is None else spans[mark.parent]
        if not around.start <= span.start <= span.end <= around.end:
            return False
    for each in siblings.values():
        each.sort(key=lambda span: (span.start, span.end))
        if any(one.end > other.start for one, other in pairwise(each)):
            return False
    return True
