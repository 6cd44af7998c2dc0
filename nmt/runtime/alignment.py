"""Attention weights of finished translations. The decoder reads each translation again and records its attention.

Translation itself therefore stores no attention and pays nothing for it when nobody asks.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.errors import DeadlineExceeded
from tokenizer import START_ID

Floats = NDArray[np.float32]

_AT_ONCE = 32
"""Number of sentences that pass through the decoder together, as many as in a running batch."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """How much attention each subword of a translation paid to each subword of its source."""

    source: list[str]
    """The S subwords that the model reads, ending with <END>."""
    target: list[str]
    """The T subwords that the model wrote, including <END> if it was reached."""
    weights: Floats
    """Shape (T, S). Each row sums to 1."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Ids of a sentence and its translation."""

    source: Sequence[int]
    """Ids without <END>, which the encoder adds."""
    target: Sequence[int]
    """Ids including <END> if it was reached."""


class Aligner(ABC):
    """Computes the attention of finished translations. Safe to use from several threads."""

    def weights(self, pairs: Sequence[Pair], deadline: float | None = None) -> list[Floats]:
        """Return weights (T, S) for each of `pairs`, in order. `deadline` is on the monotonic clock. Raises
        DeadlineExceeded."""
        # Sort the longest first, so that the rows that continue are always the first ones.
        order = sorted(range(len(pairs)), key=lambda index: -len(pairs[index].target))
        found: dict[int, Floats] = {}
        for start in range(0, len(order), _AT_ONCE):
            part = order[start : start + _AT_ONCE]
            found |= zip(part, self._together([pairs[index] for index in part], deadline), strict=True)
        return [found[index] for index in range(len(pairs))]

    def _together(self, pairs: Sequence[Pair], deadline: float | None) -> list[Floats]:
        """Return the same weights for B pairs that are sorted by length."""
        found: list[list[Floats]] = [[] for _ in pairs]
        steps = self._steps([pair.source for pair in pairs])
        next(steps)
        for step in range(len(pairs[0].target)):
            if deadline is not None and time.monotonic() > deadline:
                raise DeadlineExceeded("no alignment within the time limit; send less at a time, or ask for no details")
            running = [pair for pair in pairs if len(pair.target) > step]
            weights = steps.send([pair.target[step - 1] if step else START_ID for pair in running])
            for row, pair, each in zip(weights, running, found, strict=False):
                each.append(row[: len(pair.source) + 1])
        return [np.stack(each) for each in found]

    @abstractmethod
    def _steps(self, sources: Sequence[Sequence[int]]) -> Generator[Floats, list[int], None]:
        """Yield, for the tokens sent for the first R of `sources`, their weights (R, S). The first value is empty."""
