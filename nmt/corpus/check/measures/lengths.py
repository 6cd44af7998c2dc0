"""Measure text lengths and length ratios, and find outliers."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nmt.corpus.characters_per_script import comparable_length
from nmt.corpus.check.chunks import Chunk
from nmt.corpus.check.finding import EXAMPLES, Example, Finding, Role
from nmt.corpus.check.kinds import KINDS
from nmt.corpus.check.measures.tally import action_on
from nmt.reports import Histogram, histogram_of_counts

Counts = NDArray[np.int64]

_MOST_CHARACTERS = 1000
_MOST_WORDS = 200
_SHORT = 12
"""Pairs whose longer side is at most this long may have any ratio, as in cleaning."""
_STEP = 0.02
"""Bin width of the log ratio: 2 %."""
_BINS = 401
_BUCKETS = (0, 25, 50, 100, 1 << 62)
"""Bucket limits for the length of the shorter side. Ratios of short texts scatter more, so buckets are independent."""
_DEVIATIONS = 6.0
"""Robust standard deviations from the median. Normal deviates exceed this once in a billion; bad translations do."""
_LEAST = math.log(1.8)
"""Minimum log deviation of an outlier, however regular the corpus is."""
_MAD = 1.4826
"""Factor from median absolute deviation to standard deviation of a normal distribution."""
_FEW = 50
"""Minimum pairs per bucket. Smaller buckets use the statistics of all pairs, if there are this many."""


class Lengths:
    """Lengths in characters and words of both sides, and length ratios, for the pairs of one use.

    Ratios use the lengths that cleaning compares, in which a Chinese character is longer than a letter.
    """

    def __init__(self) -> None:
        sizes = {"characters": _MOST_CHARACTERS, "words": _MOST_WORDS}
        self._counts = {
            (side, unit): np.zeros(most + 1, dtype=np.int64)
            for side in ("source", "target")
            for unit, most in sizes.items()
        }
        self._ratios = np.zeros((len(_BUCKETS) - 1, _BINS), dtype=np.int64)
        self._extremes: dict[tuple[int, int], list[tuple[float, int, Example, int]]] = {}
        self._pairs = 0

    def feed(self, chunk: Chunk) -> None:
        """Count the pairs of `chunk`."""
        for name, side in (("source", chunk.source), ("target", chunk.target)):
            _count(self._counts[name, "characters"], side.lengths)
            _count(self._counts[name, "words"], side.words)
        source, target = _comparable(chunk.sources), _comparable(chunk.targets)
        longer = np.maximum(source, target)
        # Pairs that break the fixed rule are counted there. A repeated pair is one translation, not two.
        judged = np.flatnonzero((longer > _SHORT) & np.fromiter((f is None for f in chunk.faults), bool, len(chunk)))
        ratios = np.log(target[judged] / source[judged])
        shorter = np.minimum(source, target)[judged]
        buckets = np.searchsorted(_BUCKETS, shorter, side="left") - 1
        bins = np.clip(np.rint(ratios / _STEP).astype(int) + _BINS // 2, 0, _BINS - 1)
        np.add.at(self._ratios, (buckets, bins), 1)
        for bucket in range(len(_BUCKETS) - 1):
            inside = np.flatnonzero(buckets == bucket)
            for sign in (-1, 1):
                self._keep(chunk, judged, inside, (bucket, sign), sign * ratios, bins)
        self._pairs += len(chunk)

    def _keep(
        self,
        chunk: Chunk,
        judged: Counts,
        inside: Counts,
        place: tuple[int, int],
        values: NDArray[np.float64],
        bins: Counts,
    ) -> None:
        """Keep the farthest pairs at one end of one bucket. Which of them are outliers is known only at the end."""
        heap = self._extremes.setdefault(place, [])
        for index in inside[np.argsort(-values[inside], kind="stable")[:EXAMPLES]]:
            order = -(self._pairs + int(judged[index]))  # the first of equals
            item = (float(values[index]), order, chunk.example(int(judged[index])), int(bins[index]))
            if len(heap) < EXAMPLES:
                heapq.heappush(heap, item)
            elif item[:2] > heap[0][:2]:
                heapq.heapreplace(heap, item)

    def finding(self, role: Role) -> Finding:
        """Find pairs whose ratio is far from the median of their bucket, counted in whole bins."""
        count = 0
        found: list[tuple[float, Example]] = []
        for bucket, bins in enumerate(self._ratios):
            usual = bins if bins.sum() >= _FEW else self._ratios.sum(axis=0)
            if usual.sum() < _FEW:
                continue
            middle, reach = _usual(usual)
            distance = np.abs(np.arange(_BINS) - middle)
            count += int(bins[distance > reach].sum())
            for sign in (-1, 1):
                found += [
                    (float(distance[at]), example)
                    for _, _, example, at in self._extremes.get((bucket, sign), [])
                    if distance[at] > reach
                ]
        found.sort(key=lambda item: -item[0])
        examples = tuple(example for _, example in found[:EXAMPLES])
        severity = KINDS["unusual_ratio"].severity(count, self._pairs)
        return Finding("unusual_ratio", role, severity, count, self._pairs, examples, action_on(role, count, 0))

    def histograms(self) -> dict[str, Histogram]:
        """Return histograms by `source_characters`, `source_words`, ... and `ratio` (target over source)."""
        shown = {f"{side}_{unit}": histogram_of_counts(counts) for (side, unit), counts in self._counts.items()}
        # Merge four bins into one, for ratios from 1/5 to 5.
        all_bins = self._ratios.sum(axis=0)
        inside = slice(_BINS // 2 - 82, _BINS // 2 + 82)
        edges = np.exp((np.arange(-82, 83, 4) - 0.5) * _STEP)
        ratios = all_bins[inside].reshape(-1, 4).sum(axis=1)
        return {**shown, "ratio": Histogram(tuple(np.round(edges, 4).tolist()), tuple(ratios.tolist()))}

    def medians(self) -> dict[str, float]:
        """Return the median length of each side in each unit."""
        return {f"{side}_{unit}": float(_median(counts)) for (side, unit), counts in self._counts.items()}


def _count(counts: Counts, lengths: Counts) -> None:
    counts += np.bincount(np.minimum(lengths, len(counts) - 1), minlength=len(counts))


def _comparable(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return (N,) lengths of N texts for computing ratios."""
    return np.fromiter(map(comparable_length, texts), dtype=np.float64, count=len(texts))


def _usual(bins: Counts) -> tuple[int, float]:
    """Return the median bin, and how many bins away from it a pair may lie."""
    middle = _median(bins)
    distances = np.bincount(np.abs(np.arange(_BINS) - middle), weights=bins).astype(np.int64)
    deviation = max(_median(distances), 0.5) * _MAD
    return middle, max(_DEVIATIONS * deviation, _LEAST / _STEP)


def _median(counts: Counts) -> int:
    return int(np.searchsorted(np.cumsum(counts), counts.sum() / 2)) if counts.any() else 0
