"""Find stretches of a file whose two sides agree no better than chance, and measure how far they are shifted."""

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
"""Pairs per block. A lexicon is learned from a block and a sample of the earlier ones."""
_FEWEST = 200
"""Minimum number of pairs in a file to learn a lexicon from."""
_BINS = 10
_MOST_KNOWN = 8
"""Texts with more known words form one group."""
_APART = 7
"""Lines between the texts of a chance pair: close enough to share a subject, but not translations."""
_TELLING = 0.4
"""Mean evidence of a pair, in nats, below which the lexicon cannot tell translations from chance pairs."""
_ENOUGH = 30.0
"""Evidence, in nats, that makes a stretch: fifteen to twenty pairs."""
_FAR = (-7, -5, 5, 7)
"""Line shifts used to measure how well chance pairs within a stretch agree."""
_LIKE_CHANCE = 0.7
"""Minimum share of that evidence that the unshifted pairs must have too. In correct stretches of everyday phrases and
of menu entries it was 0.2 to 0.5."""
_LOOKED_AT = 100
"""Number of pairs at the beginning of a stretch used to measure the shift."""
_SHIFTS = (-3, -2, -1, 1, 2, 3)

Row = tuple[Origin, str, str]
"""Origin, source, target."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    first: Row
    last: Origin
    pairs: int
    shift: int
    """The source of a line belongs to the target this many lines later. 0 means no nearby target."""

    def example(self) -> Example:
        count = f"{self.pairs:,} pairs, to {words_for(self.last.place)}"
        belongs = f"; each source belongs to the target {abs(self.shift)} line{'s' if abs(self.shift) > 1 else ''}"
        shifted = f"{belongs} {'below' if self.shift > 0 else 'above'}" if self.shift else ""
        return Example.of(*self.first, note=count + shifted)


class _Evidence:
    """Evidence, in nats, that a pair was put together by chance."""

    def __init__(self, pairs: Sequence[tuple[Words, Words]]) -> None:
        """Learn from every other pair of `pairs`; the rest show how well translations and chance pairs agree."""
        self.lexicon = Lexicon(pairs[::2])
        rest = pairs[1::2]
        true = self._histogram(rest)  # (known words, agreement)
        chance = self._histogram([(rest[index][0], rest[index - _APART][1]) for index in range(len(rest))])
        here, there = (counts / counts.sum(axis=1, keepdims=True) for counts in (true, chance))
        weights = np.log(there / here)
        self.telling = float(-(true * weights).sum() / true.sum())
        """Mean evidence, in nats, that a translation is one."""
        self._weights: list[list[float]] = weights.tolist()

    def of(self, source: Words, target: Words) -> float:
        """Return the evidence of a pair. A value above 0 suggests a chance pair."""
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
    """A suspected stretch that may still be continuing (cumulative sum test, Page 1954)."""

    evidence: float = 0.0
    peak: float = 0.0
    pairs: int = 0
    pairs_at_peak: int = 0
    last: Origin | None = None
    """Origin of the pair at the peak."""
    rows: list[Row] = field(default_factory=list)
    words: list[tuple[Words, Words]] = field(default_factory=list)

    def take(self, row: Row, words: tuple[Words, Words]) -> None:
        """Take one more pair, whose evidence has already been added."""
        self.pairs += 1
        if len(self.rows) < _LOOKED_AT:
            self.rows.append(row)
            self.words.append(words)
        if self.evidence > self.peak:
            self.peak, self.last, self.pairs_at_peak = self.evidence, row[0], self.pairs

    def copy(self) -> _Suspect:
        """Return an independent copy."""
        return replace(self, rows=list(self.rows), words=list(self.words))


class Alignment:
    """Checks the files of one use block by block. Holds one block and as many earlier pairs."""

    def __init__(self, role: Role, every: int) -> None:
        """Check one of `every` pairs as long as nothing is suspected."""
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
        """Origin of the last pair of the previous block."""

    def feed(self, chunk: Chunk) -> None:
        """Add `chunk`, whose pairs come from one file."""
        file = str(chunk.places[0].path)
        if file != self._file:
            self._end()
            self._begin(file)
        self._rows += zip(chunk.places, chunk.sources, chunk.targets, strict=True)
        if len(self._rows) >= _BLOCK:
            self._block()

    def finding(self) -> Finding:
        """Return a finding that counts the pairs in all stretches and shows the longest stretches."""
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
            # Perhaps only the subject changed: a lexicon learned from these pairs must confirm the suspicion.
            self._learn(rows)
            suspect, stretches = self._scan(rows)
        self._suspect = suspect
        self._stretches += stretches
        self._looked_at += len(rows)
        self._last = rows[-1][0]
        self._remember(rows)

    def _remember(self, rows: Sequence[Row]) -> None:
        """Keep a uniform sample of all blocks so far."""
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
        """Add a stretch of all `rows`, merging it with one that continues from the previous block."""
        first, pairs = rows[0], len(rows)
        before = self._stretches[-1] if self._stretches and self._blocks else None
        if before is not None and before.shift == shift and before.last == self._last:
            self._stretches.pop()
            first, pairs = before.first, before.pairs + pairs
        self._stretches.append(_Stretch(first, rows[-1][0], pairs, shift))

    def _scan(self, rows: Sequence[Row]) -> tuple[_Suspect, list[_Stretch]]:
        """Continue the suspected stretch. Return the one still open at the end, and those that ended."""
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
        """Test whether shifting one side makes the rows agree, as they teach nothing unshifted."""
        if len(rows) >= _FEWEST:
            sources, targets = [pair[0] for pair in words], [pair[1] for pair in words]
            for shift in _SHIFTS:
                moved = zip(sources[max(-shift, 0) :], targets[max(shift, 0) :], strict=False)
                if _Evidence(list(moved)).telling >= 2 * _TELLING:
                    self._add_whole(rows, shift)
                    return
        self._untold.append(self._file)


def _closed(suspect: _Suspect, evidence: _Evidence | None) -> list[_Stretch]:
    """Return the stretch if `suspect` has become one."""
    if suspect.peak < _ENOUGH or suspect.last is None or evidence is None:
        return []
    words = suspect.words[: suspect.pairs_at_peak]
    shift = _shift(words, evidence)
    # Unusual wording also looks like chance, but a text still agrees better with its own translation than with its
    # neighbours'.
    elsewhere = sum(_mean(words, moved, evidence) for moved in _FAR) / len(_FAR)
    if not shift and _mean(words, 0, evidence) < _LIKE_CHANCE * elsewhere:
        return []
    return [_Stretch(suspect.rows[0], suspect.last, suspect.pairs_at_peak, shift)]


def _shift(words: Sequence[tuple[Words, Words]], evidence: _Evidence) -> int:
    """Return how many lines the targets stand below their sources, or 0 if no shift makes them agree."""
    best = {shift: _mean(words, shift, evidence) for shift in _SHIFTS}
    shift = min(best, key=lambda each: best[each])
    return shift if best[shift] < 0 else 0


def _mean(words: Sequence[tuple[Words, Words]], shift: int, evidence: _Evidence) -> float:
    """Return the mean evidence for chance when the targets are moved by `shift`."""
    moved = zip(words[max(-shift, 0) :], words[max(shift, 0) :], strict=False)
    found = [evidence.of(source, target) for (source, _), (_, target) in moved]
    return sum(found) / max(len(found), 1)
