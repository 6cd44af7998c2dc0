"""Stretches of a file in which the two sides have no more in common than by chance, and how far they are shifted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from nmt.corpus.check.chunks import Chunk
from nmt.corpus.check.finding import EXAMPLES, Example, Finding, Role, words_for
from nmt.corpus.check.kinds import KINDS
from nmt.corpus.check.measures.lexicon import Lexicon, Words, words_of
from nmt.corpus.check.measures.tally import action_on
from nmt.corpus.pairs import Origin

_BLOCK = 10_000
"""Pairs held at a time; a lexicon is learned from a block and what is kept of those before."""
_FEWEST = 200
"""A file of fewer pairs teaches no lexicon."""
_BINS = 10
_MOST_KNOWN = 8
"""Texts of more known words are one group."""
_APART = 7
"""Chance pairs are made of texts this many lines apart: of the same subject, yet no translations."""
_TELLING = 0.4
"""Mean evidence of a pair, in nats, below which the lexicon cannot tell translations from chance pairs."""
_ENOUGH = 30.0
"""Evidence, in nats, that makes a stretch: fifteen to twenty pairs."""
_FAR = (-7, -5, 5, 7)
"""Lines by which texts are moved to see how chance pairs of the stretch agree."""
_LIKE_CHANCE = 0.7
"""Share of that evidence which the pairs as they stand must have too: in stretches of everyday phrases and of menu
entries that were right it was 0.2 to 0.5."""
_LOOKED_AT = 100
"""Pairs at the beginning of a stretch of which the shift is measured."""
_SHIFTS = (-3, -2, -1, 1, 2, 3)

Row = tuple[Origin, str, str]
"""Place, source, target."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    first: Row
    last: Origin
    pairs: int
    shift: int
    """The source of a line belongs to the target this many lines later; 0: to none near by."""

    def example(self) -> Example:
        count = f"{self.pairs:,} pairs, to {words_for(self.last.place)}"
        belongs = f"; each source belongs to the target {abs(self.shift)} line{'s' if abs(self.shift) > 1 else ''}"
        shifted = f"{belongs} {'below' if self.shift > 0 else 'above'}" if self.shift else ""
        return Example.of(*self.first, note=count + shifted)


class _Evidence:
    """How much a pair speaks for having been put together by chance, in nats."""

    def __init__(self, pairs: Sequence[tuple[Words, Words]]) -> None:
        """Learned from every other of `pairs`; the rest show how translations and chance pairs agree."""
        self.lexicon = Lexicon(pairs[::2])
        rest = pairs[1::2]
        true = self._histogram(rest)  # (known words, agreement)
        chance = self._histogram([(rest[index][0], rest[index - _APART][1]) for index in range(len(rest))])
        here, there = (counts / counts.sum(axis=1, keepdims=True) for counts in (true, chance))
        weights = np.log(there / here)
        self.telling = float(-(true * weights).sum() / true.sum())
        """Mean evidence of a translation for being one."""
        self._weights: list[list[float]] = weights.tolist()

    def of(self, source: Words, target: Words) -> float:
        """Above 0: looks like chance."""
        known, found = self.lexicon.agreement(source, target)
        return self._weights[min(known, _MOST_KNOWN)][found * _BINS // (known + 1)] if known else 0.0

    def _histogram(self, pairs: Sequence[tuple[Words, Words]]) -> NDArray[np.float64]:
        counts = np.ones((_MOST_KNOWN + 1, _BINS))  # so that no weight is infinite
        for pair in pairs:
            known, found = self.lexicon.agreement(*pair)
            counts[min(known, _MOST_KNOWN), found * _BINS // (known + 1)] += 1
        return counts


@dataclass(slots=True)
class _Suspect:
    """The stretch that may be under way (a cumulative sum test, Page 1954)."""

    evidence: float = 0.0
    peak: float = 0.0
    pairs: int = 0
    pairs_at_peak: int = 0
    last: Origin | None = None
    """Of the pair at the peak."""
    rows: list[Row] = field(default_factory=list)
    words: list[tuple[Words, Words]] = field(default_factory=list)

    def take(self, row: Row, words: tuple[Words, Words]) -> None:
        """One more pair, its evidence already added."""
        self.pairs += 1
        if len(self.rows) < _LOOKED_AT:
            self.rows.append(row)
            self.words.append(words)
        if self.evidence > self.peak:
            self.peak, self.last, self.pairs_at_peak = self.evidence, row[0], self.pairs

    def copy(self) -> _Suspect:
        """One that goes its own way."""
        return replace(self, rows=list(self.rows), words=list(self.words))


class Alignment:
    """Goes through the files of one use, a block at a time; holds a block and as many pairs from before."""

    def __init__(self, role: Role, every: int) -> None:
        """Looks at one of `every` pairs where nothing is suspected."""
        self._role = role
        self._every = every
        self._stretches: list[_Stretch] = []
        self._looked_at = 0
        self._untold: list[str] = []
        self._generator = np.random.default_rng(1)
        self._begin("")

    def _begin(self, file: str) -> None:
        self._file = file
        self._rows: list[Row] = []
        self._before: list[Row] = []
        self._blocks = 0
        self._evidence: _Evidence | None = None
        self._suspect = _Suspect()
        self._last: Origin | None = None
        """Of the last pair of the block before."""

    def feed(self, chunk: Chunk) -> None:
        """Take in `chunk`, of one file."""
        file = str(chunk.places[0].path)
        if file != self._file:
            self._end()
            self._begin(file)
        self._rows += zip(chunk.places, chunk.sources, chunk.targets, strict=True)
        if len(self._rows) >= _BLOCK:
            self._block()

    def finding(self) -> Finding:
        """Pairs in all stretches; the longest are shown."""
        self._end()
        self._begin("")
        count = sum(stretch.pairs for stretch in self._stretches)
        longest = sorted(self._stretches, key=lambda stretch: -stretch.pairs)[:EXAMPLES]
        details: dict[str, int | float | str] = {"stretches": len(self._stretches)}
        if self._untold:
            details["not_judged"] = ", ".join(dict.fromkeys(self._untold))
        severity = KINDS["misaligned"].severity(count, self._looked_at)
        examples = tuple(stretch.example() for stretch in longest)
        action = action_on(self._role, count, 0)
        return Finding("misaligned", self._role, severity, count, self._looked_at, examples, action, details)

    def _end(self) -> None:
        if self._rows:
            self._block()
        self._stretches += _closed(self._suspect, self._evidence)

    def _block(self) -> None:
        rows, self._rows = self._rows, []
        known = self._evidence is not None
        suspect, stretches = self._scan(rows) if known else (_Suspect(), [])
        if not known or stretches or suspect.peak >= _ENOUGH:
            # Perhaps only the subject changed: what these very pairs teach must say so too.
            self._learn(rows)
            suspect, stretches = self._scan(rows)
        self._suspect = suspect
        self._stretches += stretches
        self._looked_at += len(rows)
        self._last = rows[-1][0]
        self._remember(rows)

    def _remember(self, rows: Sequence[Row]) -> None:
        """Keep a fair sample of all blocks so far."""
        self._blocks += 1
        if self._blocks == 1:
            self._before = list(rows)
            return
        for index in np.flatnonzero(self._generator.random(len(self._before)) < 1 / self._blocks).tolist():
            self._before[index] = rows[index % len(rows)]

    def _learn(self, rows: Sequence[Row]) -> None:
        words = [(words_of(source), words_of(target)) for _, source, target in [*self._before, *rows][:: self._every]]
        evidence = _Evidence(words) if len(words) >= _FEWEST else None
        if evidence is not None and evidence.telling >= _TELLING:
            self._evidence = evidence
        elif self._evidence is None:
            self._judge_whole(rows, words)

    def _add_whole(self, rows: Sequence[Row], shift: int) -> None:
        """A stretch of all `rows`; one that goes on from the block before is the same stretch."""
        first, pairs = rows[0], len(rows)
        before = self._stretches[-1] if self._stretches and self._blocks else None
        if before is not None and before.shift == shift and before.last == self._last:
            self._stretches.pop()
            first, pairs = before.first, before.pairs + pairs
        self._stretches.append(_Stretch(first, rows[-1][0], pairs, shift))

    def _scan(self, rows: Sequence[Row]) -> tuple[_Suspect, list[_Stretch]]:
        """Go on from the stretch that may be under way; gives the one under way at the end, and those that ended."""
        evidence = self._evidence
        stretches: list[_Stretch] = []
        suspect = self._suspect.copy()
        if evidence is None:
            return suspect, stretches
        for index, row in enumerate(rows):
            if not suspect.evidence and index % self._every:
                continue
            words = words_of(row[1]), words_of(row[2])
            suspect.evidence += evidence.of(*words)
            if suspect.evidence <= 0 or suspect.peak - suspect.evidence > _ENOUGH:
                stretches += _closed(suspect, evidence)
                suspect = _Suspect()
            else:
                suspect.take(row, words)
        return suspect, stretches

    def _judge_whole(self, rows: Sequence[Row], words: Sequence[tuple[Words, Words]]) -> None:
        """The file as it stands teaches nothing: perhaps it would if one side were moved."""
        if len(rows) >= _FEWEST:
            sources, targets = [pair[0] for pair in words], [pair[1] for pair in words]
            for shift in _SHIFTS:
                moved = zip(sources[max(-shift, 0) :], targets[max(shift, 0) :], strict=False)
                if _Evidence(list(moved)).telling >= 2 * _TELLING:
                    self._add_whole(rows, shift)
                    return
        self._untold.append(self._file)


def _closed(suspect: _Suspect, evidence: _Evidence | None) -> list[_Stretch]:
    """The stretch that `suspect` has become, if it has."""
    if suspect.peak < _ENOUGH or suspect.last is None or evidence is None:
        return []
    words = suspect.words[: suspect.pairs_at_peak]
    shift = _shift(words, evidence)
    # Unusual wording looks like chance too, but even then a text agrees better with its own translation than with
    # those around it.
    elsewhere = sum(_mean(words, moved, evidence) for moved in _FAR) / len(_FAR)
    if not shift and _mean(words, 0, evidence) < _LIKE_CHANCE * elsewhere:
        return []
    return [_Stretch(suspect.rows[0], suspect.last, suspect.pairs_at_peak, shift)]


def _shift(words: Sequence[tuple[Words, Words]], evidence: _Evidence) -> int:
    """How far below the sources their targets stand; 0 when no shift makes them agree."""
    best = {shift: _mean(words, shift, evidence) for shift in _SHIFTS}
    shift = min(best, key=lambda each: best[each])
    return shift if best[shift] < 0 else 0


def _mean(words: Sequence[tuple[Words, Words]], shift: int, evidence: _Evidence) -> float:
    """Mean evidence for chance when the targets are moved by `shift`."""
    moved = zip(words[max(-shift, 0) :], words[max(shift, 0) :], strict=False)
    found = [evidence.of(source, target) for (source, _), (_, target) in moved]
    return sum(found) / max(len(found), 1)
