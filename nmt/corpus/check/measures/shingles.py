"""Texts without capitals, punctuation, digits and spaces, and how much of their letter sequences they share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nmt.corpus.check.code_points import LETTER, TABLE, Characters, Counts

Hashes = NDArray[np.uint64]

WIDTH = 5
"""Letters of a shingle: short enough that one changed word leaves most of a sentence's, long enough to be telling."""
_FEWEST = 20
"""Shingles from which two texts can be called nearly the same: in shorter ones a single word changes too much."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
"""An odd number with well-spread bits (2^64 over the golden ratio), for polynomial hashes modulo 2^64."""
_MIX = np.uint64(0xD6E8FEB86659FD93)


def _mixed(values: Hashes) -> Hashes:
    """Hashes whose low bits depend on all bits (Stafford's variant of the murmur finaliser)."""
    values = (values ^ (values >> np.uint64(32))) * _MIX
    return (values ^ (values >> np.uint64(32))) * _MIX


@dataclass(frozen=True)
class Letters:
    """The small letters of N texts, one after another."""

    texts: Characters

    @cached_property
    def _kept(self) -> NDArray[np.bool_]:
        return self.texts.classes >= LETTER

    @cached_property
    def text(self) -> Counts:
        """The text that each letter is of."""
        return self.texts.text[self._kept]

    @cached_property
    def counts(self) -> Counts:
        """(N,) letters of each text."""
        return np.bincount(self.text, minlength=len(self.texts.lengths))

    @cached_property
    def _values(self) -> Hashes:
        return _mixed(TABLE.folded[self.texts.codes[self._kept]].astype(np.uint64) + np.uint64(1))

    @cached_property
    def hashes(self) -> Hashes:
        """(N,) a hash of all letters of each text, in order; 0 for a text without."""
        starts = np.cumsum(self.counts) - self.counts
        place = np.arange(len(self.text)) - np.repeat(starts, self.counts)
        powers = np.cumprod(np.full(int(self.counts.max(initial=0)) + 1, _BASE, dtype=np.uint64))
        terms = self._values * powers[place]
        sums = np.zeros(len(self.counts), dtype=np.uint64)
        filled = self.counts > 0
        if len(terms):
            sums[filled] = np.add.reduceat(terms, starts[filled])
        return _mixed(sums)

    @cached_property
    def shingles(self) -> tuple[Hashes, Counts]:
        """Hashes of all runs of WIDTH letters within a text, and the text of each; short texts have none."""
        values, text = self._values, self.text
        most = len(values) - WIDTH + 1
        if most <= 0:
            return np.zeros(0, np.uint64), np.zeros(0, np.int64)
        hashes = np.zeros(most, dtype=np.uint64)
        for offset in range(WIDTH):
            hashes = hashes * _BASE + values[offset : offset + most]
        inside = text[:most] == text[WIDTH - 1 :]
        inside &= (self.counts >= _FEWEST + WIDTH - 1)[text[:most]]
        return _mixed(hashes[inside]), text[:most][inside]
