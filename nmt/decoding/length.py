"""How long a translation may become, and how its length counts in its score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


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
    def fit(cls, source_lengths: Sequence[int], target_lengths: Sequence[int]) -> LengthModel:
        """Mean and standard deviation of (target + 1) / (source + 1) over sentence pairs.

        Raises ValueError without any pair.
        """
        if not source_lengths:
            raise ValueError("no sentence pair to take a length ratio from")
        ratios = [(target + 1) / (source + 1) for source, target in zip(source_lengths, target_lengths, strict=True)]
        mean = math.fsum(ratios) / len(ratios)
        return cls(mean, math.sqrt(math.fsum((ratio - mean) ** 2 for ratio in ratios) / len(ratios)))

    def limit(self, source_length: int) -> int:
        """Most subwords, <END> not counted, for a source of `source_length` subwords."""
        ratio = self.mean + self.k_sigma * self.deviation
        return max(self.minimum, math.ceil(ratio * (source_length + 1)))
