"""How long a translation may become, and how its length counts in its score."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Lengths = Sequence[int] | NDArray[np.int32]

_PIECE = 1 << 16
"""Lengths that are Python numbers at a time: a corpus may have millions."""


def length_penalty(length: int, alpha: float) -> float:
    """lp(Y) = ((5 + |Y|) / 6) ** alpha (Wu et al. 2016, eq. 14); `length` in subwords, <END> counted."""
    return float(((5.0 + length) / 6.0) ** alpha)


@dataclass(frozen=True, slots=True)
class LengthModel:
    """Target length over source length as a training corpus has it, in subwords with <END> counted."""

    mean: float
    deviation: float
    k_sigma: float = 4.0
    """A translation may be this many deviations longer than the mean."""
    minimum: int = 12
    """Limit for the shortest sources, whose ratios scatter most."""

    @classmethod
    def fit(cls, source_lengths: Lengths, target_lengths: Lengths) -> LengthModel:
        """Mean and standard deviation of (target + 1) / (source + 1) over sentence pairs.

        Raises ValueError without any pair.
        """
        count = len(source_lengths)
        if not count:
            raise ValueError("no sentence pair to take a length ratio from")
        mean = math.fsum(_ratios(source_lengths, target_lengths)) / count
        squares = ((ratio - mean) ** 2 for ratio in _ratios(source_lengths, target_lengths))
        return cls(mean, math.sqrt(math.fsum(squares) / count))

    def limit(self, source_length: int) -> int:
        """Most subwords, <END> not counted, for a source of `source_length` subwords."""
        ratio = self.mean + self.k_sigma * self.deviation
        return max(self.minimum, math.ceil(ratio * (source_length + 1)))


def _ratios(source_lengths: Lengths, target_lengths: Lengths) -> Iterator[float]:
    for start in range(0, len(source_lengths), _PIECE):
        sources, targets = (np.asarray(side[start : start + _PIECE]) for side in (source_lengths, target_lengths))
        yield from ((targets + 1) / (sources + 1)).tolist()
