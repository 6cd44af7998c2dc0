"""Hashed letter sequences of texts, ignoring case, punctuation, digits and spaces."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nmt.corpus.check.code_points import LETTER, TABLE, Characters, Counts

Hashes = NDArray[np.uint64]

WIDTH = 5
"""Letters per shingle: short enough to survive one changed word in a sentence, long enough to be distinctive."""
_FEWEST = 20
"""Minimum number of shingles to compare texts. In shorter texts a single word changes too much."""
_BASE = np.uint64(0x9E3779B97F4A7C15)
"""Base of the polynomial hashes modulo 2^64: an odd number with well-spread bits (2^64 over the golden ratio)."""
_MIX = np.uint64(0xD6E8FEB86659FD93)


def _mixed(values: Hashes) -> Hashes:
    """Mix hashes so that their low bits depend on all bits (Stafford's variant of the murmur finaliser)."""
    values = (values ^ (values >> np.uint64(32))) * _MIX
    return (values ^ (values >> np.uint64(32))) * _MIX


@dataclass(frozen=True)
class Letters:
    """The concatenated lower-case letters of N texts."""

    texts: Characters

    @cached_property
    def _kept(self) -> NDArray[np.bool_]:
        return self.texts.classes >= LETTER

    @cached_property
    def text(self) -> Counts:
        """Index of the text that each letter belongs to."""
        return self.texts.text[self._kept]

    @cached_property
    def counts(self) -> Counts:
        """(N,) number of letters in each text."""
        return np.bincount(self.text, minlength=len(self.texts.lengths))

    @cached_property
    def _values(self) -> Hashes:
        return _mixed(TABLE.folded[self.texts.codes[self._kept]].astype(np.uint64) + np.uint64(1))

    @cached_property
    def hashes(self) -> Hashes:
        """(N,) hash of all letters of each text, in order; 0 for a text without letters."""
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
        """Return the hashes of all runs of WIDTH letters within a text, and the text of each. Short texts have none."""
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
