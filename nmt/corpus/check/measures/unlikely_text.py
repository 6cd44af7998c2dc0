"""Find texts that are no language: unlikely, character by character, to a model learned from the other texts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.corpus.check.chunks import Chunk
from nmt.corpus.check.finding import Finding
from nmt.corpus.check.measures.tally import Note, Tally
from nmt.corpus.hash_set import Hashes
from nmt.language_model.character_ngrams import Floats
from nmt.language_model.cross_entropy import TextModel

_FEWEST_CHARACTERS = 30
"""Minimum length of a text to be judged. One rare name can make up half of a shorter text."""
_FEWEST_TEXTS = 1_000
"""Minimum number of texts of that length to say what is usual."""
_LIMIT = 6.0
"""Distance above the median, in interquartile ranges, from which a text is reported."""


class UnlikelyTexts:
    """Judges the texts of both sides by what is usual in a sample of the corpus."""

    def __init__(self, sample: Chunk) -> None:
        """Learn from the pairs of `sample` that training uses."""
        self._usual = {side: _learn(*_texts(sample, side), ~sample.left_out) for side in ("source", "target")}
        self.unknown = [side for side, usual in self._usual.items() if usual is None]
        """Sides of which the sample has too few texts. They are not judged."""

    def findings(self, chunk: Chunk) -> list[Finding]:
        """Return the findings for `chunk`, none for a side that is not judged."""
        return [self._finding(chunk, side, usual) for side, usual in self._usual.items() if usual is not None]

    def _finding(self, chunk: Chunk, side: str, usual: _Usual) -> Finding:
        nats = usual.models.cross_entropy(*_texts(chunk, side))
        tally = Tally(f"unlikely_{side}")
        tally.add(chunk, np.flatnonzero(nats > usual.limit).tolist(), _say(nats))
        return tally.finding(chunk.role, {"median": _bits(usual.median), "limit": _bits(usual.limit)})


class _Models:
    """Two models of one side. Each learned from one half of the texts, by their hashes, and judges the other half.

    So no text is judged by a model that knows it, from a copy or from another use of the pairs.
    """

    def __init__(self, halves: Sequence[Sequence[str]]) -> None:
        """Learn from the texts with an even hash, and from those with an odd one."""
        self._judges = [TextModel.learn(half) for half in reversed(halves)]

    def cross_entropy(self, texts: Sequence[str], hashes: Hashes) -> Floats:
        """Return (N,) nats per character of N `texts`, NaN for those that are too short."""
        found = np.full(len(texts), np.nan)
        is_judged = np.fromiter((len(text) >= _FEWEST_CHARACTERS for text in texts), dtype=bool, count=len(texts))
        for odd, judge in enumerate(self._judges):
            indices = np.flatnonzero(is_judged & (hashes % 2 == odd))
            found[indices] = judge.cross_entropy([texts[index] for index in indices.tolist()])
        return found


@dataclass(frozen=True, slots=True)
class _Usual:
    """What is usual on one side, in nats per character."""

    models: _Models
    median: float
    limit: float


def _learn(texts: Sequence[str], hashes: Hashes, is_kept: NDArray[np.bool_]) -> _Usual | None:
    """Learn from the kept of N `texts`, or return None if too few are long enough."""
    halves = [[texts[index] for index in np.flatnonzero(is_kept & (hashes % 2 == odd)).tolist()] for odd in (0, 1)]
    if not all(any(map(str.strip, half)) for half in halves):
        return None
    models = _Models(halves)
    nats = models.cross_entropy(texts, hashes)[is_kept]
    nats = nats[~np.isnan(nats)]
    if len(nats) < _FEWEST_TEXTS:
        return None
    lower, median, upper = np.quantile(nats, (0.25, 0.5, 0.75)).tolist()
    return _Usual(models, median, median + _LIMIT * (upper - lower))


def _texts(chunk: Chunk, side: str) -> tuple[Sequence[str], Hashes]:
    if side == "source":
        return chunk.sources, chunk.source_hashes
    return chunk.targets, chunk.target_hashes


def _say(nats: Floats) -> Note:
    return lambda _chunk, index: f"{_bits(nats[index])} bits per character"


def _bits(nats: float) -> float:
    return round(float(nats) / math.log(2), 1)
