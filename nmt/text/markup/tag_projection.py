"""Where in the translation of one sentence the marks of its source belong, by the links between their words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.text.markup.word_alignment import Links, Weights
from nmt.text.protected.spans import Span

_HALF = 0.5
"""A word belongs to a mark when more than half of it comes from there."""
_LEAST = 0.05
"""Of a word that must do where there is none such: less is chance."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a mark stands in a sentence, from character `start` to `end`, and where it goes on."""

    start: int
    end: int
    from_before: bool = False
    to_after: bool = False
    parent: int | None = None
    """The mark of the same sentence that it stands in, by its place in the list, which comes before its own."""
    is_kept: bool = False
    """It stands in the translation letter by letter."""


def placed(source: str, target: str, links: Links | None, wanted: Sequence[Wanted]) -> list[Span] | None:
    """Where in `target` each of `wanted` belongs: a run of words, or an empty place. None if that cannot be told."""
    if source == target:
        return [Span(each.start, each.end) for each in wanted]
    kept: dict[int, Span] = {}
    for number, each in enumerate(wanted):
        if each.is_kept:
            text = source[each.start : each.end]
            if target.count(text) != 1:
                return None
            kept[number] = Span(target.index(text), target.index(text) + len(text))
    if links is not None:
        return _Sentence(source, target, links, wanted).placed(kept)
    edges = {0: Span(0, 0), len(source): Span(len(target), len(target))}
    if any(not each.is_kept and (each.start < each.end or each.start not in edges) for each in wanted):
        return None
    return [kept.get(number) or edges[each.start] for number, each in enumerate(wanted)]


@dataclass(slots=True)
class _Run:
    """Words from `start` to `end`, as numbers."""

    start: int
    end: int


class _Sentence:
    """A sentence and its translation, whose words are given to marks: to those outside first, then to those in them."""

    def __init__(self, source: str, target: str, links: Links, wanted: Sequence[Wanted]) -> None:
        self._source = source
        self._target = target
        self._links = links
        self._wanted = wanted
        self._is_word = [any(map(str.isalnum, target[word.start : word.end])) for word in links.target]
        self._in_word = {  # characters of the source
            place
            for word in links.source
            if any(map(str.isalnum, source[word.start : word.end]))
            for place in range(word.start, word.end)
        }
        self._cores: dict[int, _Run] = {}  # what a mark must have: what is kept in it, the edge that it goes on beyond
        self._own: dict[int, int] = {}  # how many words are kept in a mark
        self._kept_words: set[int] = set()
        self._found: dict[int, Span] = {}
        self._runs: dict[int | None, _Run] = {None: _Run(0, len(links.target))}

    def placed(self, kept: dict[int, Span]) -> list[Span] | None:
        """A span for each mark; `kept`: those of the marks that stay as they are. None if marks get in the way."""
        self._found |= kept
        if not self._make_cores(kept):
            return None
        children: dict[int | None, list[int]] = {}
        for number, each in enumerate(self._wanted):
            children.setdefault(each.parent, []).append(number)
        for parent in [None, *range(len(self._wanted))]:  # a parent comes before its children
            if parent in children and not self._place_group(parent, children[parent]):
                return None
        return [self._found[number] for number in range(len(self._wanted))]

    def _make_cores(self, kept: dict[int, Span]) -> bool:
        last = len(self._links.target)
        for number, each in enumerate(self._wanted):
            if each.from_before or each.to_after:
                self._cores[number] = _Run(0, 0) if each.from_before else _Run(last, last)
        at = {(word.start, word.end): index for index, word in enumerate(self._links.target)}
        for number, span in kept.items():
            index = at.get((span.start, span.end))
            if index is None or index in self._kept_words:
                return False
            self._kept_words.add(index)
            parent = self._wanted[number].parent
            while parent is not None:
                core = self._cores.setdefault(parent, _Run(index, index + 1))
                core.start, core.end = min(core.start, index), max(core.end, index + 1)
                self._own[parent] = self._own.get(parent, 0) + 1
                parent = self._wanted[parent].parent
        return True

    def _place_group(self, parent: int | None, group: Sequence[int]) -> bool:
        """Give words to marks that stand side by side in `parent`; whether they can be kept apart."""
        inside = self._runs.get(parent)
        free = np.zeros(len(self._links.target), dtype=bool)
        if inside is not None:
            free[inside.start : inside.end] = True
            free[list(self._kept_words)] = False
        filled = [
            number
            for number in group
            if inside is not None
            and number not in self._found
            and self._wanted[number].start < self._wanted[number].end
        ]
        claimed = np.zeros_like(free)
        for core, number in ((self._cores[number], number) for number in filled if number in self._cores):
            words = range(core.start, core.end)
            if claimed[core.start : core.end].any() or len(self._kept_words & {*words}) != self._own.get(number, 0):
                return False
            claimed[core.start : core.end] = True
        free &= ~claimed
        scores = {number: self._scores(number) for number in filled}
        for number in sorted(filled, key=lambda each: (each not in self._cores, -scores[each].max(initial=0.0))):
            run = self._run(number, parent, scores[number], free)
            if run is not None:
                free[run.start : run.end] = False
                self._runs[number] = run
                self._found[number] = self._characters(number, run)
        beside = [number for number in group if number in self._found]
        for number in group:
            if number not in self._found:
                place = self._outside(*self._place(number, parent), beside)
                self._found[number] = Span(place, place)
        return True

    def _scores(self, number: int) -> Weights:
        """(T,): how much of each word comes from the mark."""
        start, end = self._range(number)
        inside = [
            max(0, min(word.end, end) - max(word.start, start)) / (word.end - word.start) for word in self._links.source
        ]
        return np.asarray(self._links.weights @ np.array(inside))

    def _run(self, number: int, parent: int | None, scores: Weights, free: Flags) -> _Run | None:
        """The words of a mark, of those that are `free` and those that it must have."""
        core = self._cores.get(number)
        if core is not None:
            run = self._extended(number, core, scores, free)
        elif (whole := self._whole(number, parent, free)) is not None:
            run = whole
        else:
            best = self._best(number, scores, free)
            if best is None:
                return None
            run = best
        return self._with_punctuation(number, run, free)

    def _extended(self, number: int, core: _Run, scores: Weights, free: Flags) -> _Run:
        """`core` with words on both sides, as far as more of them come from the mark than do not.

        One that is only the edge of the sentence has a word at least, if the mark has.
        """
        is_edge = core.start == core.end and not self._in_word.isdisjoint(range(*self._range(number)))
        right = self._reach(range(core.end, len(scores)), scores, free, is_edge)
        left = self._reach(range(core.start - 1, -1, -1), scores, free, is_edge)
        return _Run(core.start - left, core.end + right)

    def _reach(self, words: range, scores: Weights, free: Flags, is_needed: bool) -> int:
        """How many of `words` from the first on belong to a mark."""
        total, best, reached = 0.0, -math.inf if is_needed else 0.0, 0
        for count, index in enumerate(words, 1):
            if not free[index]:
                break
            total += scores[index] - _HALF
            if total > best and (self._is_word[index] or not is_needed):
                best, reached = total, count
        return reached

    def _whole(self, number: int, parent: int | None, free: Flags) -> _Run | None:
        """All words of the parent, if in the source all of its words stand in the mark."""
        wanted, inside = self._wanted[number], self._runs[parent]
        start, end = (0, len(self._source)) if parent is None else self._range(parent)
        outside = self._source[start : wanted.start] + self._source[wanted.end : end]
        if any(map(str.isalnum, outside)) or not all(free[inside.start : inside.end]) or inside.start == inside.end:
            return None
        return _Run(inside.start, inside.end)

    def _range(self, number: int) -> tuple[int, int]:
        return self._wanted[number].start, self._wanted[number].end

    def _best(self, number: int, scores: Weights, free: Flags) -> _Run | None:
        """The run of free words of which most comes from the mark: more, all together, than does not."""
        best, found, total, start = 0.0, None, 0.0, 0
        for index, score in enumerate(scores):
            if not free[index] or total <= 0.0:
                total, start = 0.0, index
            if free[index]:
                total += score - _HALF
                if total > best:
                    best, found = total, _Run(start, index + 1)
        start, end = self._range(number)
        has_words = any(map(str.isalnum, self._source[start:end]))
        if found is not None and (not has_words or any(self._is_word[found.start : found.end])):
            return found
        lengths = [word.end - word.start for word in self._links.target]
        possible = [index for index in range(len(scores)) if free[index] and (self._is_word[index] or not has_words)]
        chosen = max(possible, key=lambda index: scores[index] * lengths[index], default=None)
        return _Run(chosen, chosen + 1) if chosen is not None and scores[chosen] >= _LEAST else None

    def _with_punctuation(self, number: int, run: _Run, free: Flags) -> _Run:
        """`run` that begins and ends with punctuation if, and only if, its source does."""
        wanted, core = self._wanted[number], self._cores.get(number, _Run(run.end, run.start))
        start, end = run.start, run.end
        if not any(self._is_word[start:end]):
            return run
        if not wanted.from_before:
            if wanted.start in self._in_word:
                while start < core.start and not self._is_word[start]:
                    start += 1
            elif self._is_word[start] and start > 0 and free[start - 1] and not self._is_word[start - 1]:
                start -= 1
        if not wanted.to_after:
            if wanted.end - 1 in self._in_word:
                while end > core.end and not self._is_word[end - 1]:
                    end -= 1
            elif self._is_word[end - 1] and end < len(free) and free[end] and not self._is_word[end]:
                end += 1
        return _Run(start, end)

    def _characters(self, number: int, run: _Run) -> Span:
        wanted, words = self._wanted[number], self._links.target
        if run.start == run.end:
            edge = 0 if wanted.from_before else len(self._target)
            return Span(edge, edge)
        return Span(
            0 if wanted.from_before else words[run.start].start,
            len(self._target) if wanted.to_after else words[run.end - 1].end,
        )

    def _place(self, number: int, parent: int | None) -> tuple[int, bool]:
        """The place of a mark without words: beside the word that it stood nearest to of those that are still there.

        And whether it belongs to what stands behind it.
        """
        start, end = (0, len(self._source)) if parent is None else self._range(parent)
        around = Span(0, len(self._target)) if parent is None else self._found[parent]
        position = self._wanted[number].start
        if position in (start, end):
            return (around.start, True) if position == start else (around.end, False)
        for word, is_next in self._neighbours(position, start, end):
            target = self._counterpart(word, self._runs.get(parent))
            if target is not None:
                return (target.start, True) if is_next else (target.end, False)
        return around.end, False

    def _outside(self, place: int, is_next: bool, beside: Sequence[int]) -> int:
        """`place`, or the end of a mark that it stands in of those `beside` it."""
        for number in beside:
            span, wanted = self._found[number], self._wanted[number]
            if wanted.from_before:
                place = max(place, span.end)
            elif wanted.to_after:
                place = min(place, span.start)
            elif span.start < place < span.end:
                place = span.start if is_next else span.end
        return place

    def _neighbours(self, position: int, start: int, end: int) -> list[tuple[int, bool]]:
        """The words from `start` to `end`, those nearer to `position` first, and whether each stands behind it."""
        words = [
            (max(word.start - position, position - word.end), index, word.start >= position)
            for index, word in enumerate(self._links.source)
            if start <= word.start and word.end <= end and word.start in self._in_word
        ]
        return [(index, is_next) for _, index, is_next in sorted(words, key=lambda each: (each[0], not each[2]))]

    def _counterpart(self, word: int, inside: _Run | None) -> Span | None:
        """The word that comes from a source word more than all others in `inside`."""
        if inside is None:
            return None
        weights = self._links.weights[:, word]
        chosen = max(range(inside.start, inside.end), key=lambda index: float(weights[index]), default=None)
        return self._links.target[chosen] if chosen is not None and weights[chosen] >= _LEAST else None
