"""Limits the length of a translation, and normalises its score by length."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Lengths = Sequence[int] | NDArray[np.int32]

_PIECE = 1 << 16
"""Number of lengths held as Python numbers at a time. A corpus may have millions."""


def length_penalty(length: int, alpha: float) -> float:
    """lp(Y) = ((5 + |Y|) / 6) ** alpha (Wu et al. 2016, eq. 14). `length` is in subwords, including <END>."""
    return float(((5.0 + length) / 6.0) ** alpha)


@dataclass(frozen=True, slots=True)
class LengthModel:
    """Ratio of target to source length in a training corpus, in subwords including <END>."""

    mean: float
    deviation: float
    k_sigma: float = 4.0
    """Number of standard deviations by which a translation may exceed the mean."""
    minimum: int = 12
    """Minimum limit, for the shortest sources, whose ratios scatter most."""

    @classmethod
    def fit(cls, source_lengths: Lengths, target_lengths: Lengths) -> LengthModel:
        """Fit mean and standard deviation of (target + 1) / (source + 1) over sentence pairs.

        Raises ValueError if there are no pairs.
        """
        count = len(source_lengths)
        if not count:
            raise ValueError("no sentence pair to take a length ratio from")
        mean = math.fsum(_ratios(source_lengths, target_lengths)) / count
        squares = ((ratio - mean) ** 2 for ratio in _ratios(source_lengths, target_lengths))
        return cls(mean, math.sqrt(math.fsum(squares) / count))

    def limit(self, source_length: int) -> int:
        """Return the maximum number of subwords, excluding <END>, for a source of `source_length` subwords."""
        ratio = self.mean + self.k_sigma * self.deviation
        return max(self.minimum, math.ceil(ratio * (source_length + 1)))


def _ratios(source_lengths: Lengths, target_lengths: Lengths) -> Iterator[float]:
    for start in range(0, len(source_lengths), _PIECE):
        sources, targets = (np.asarray(side[start : start + _PIECE]) for side in (source_lengths, target_lengths))
        yield from ((targets + 1) / (sources + 1)).tolist()
