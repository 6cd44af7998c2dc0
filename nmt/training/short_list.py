"""Which target subwords each source subword may need, learned from the training pairs with IBM Model 1.

Model 1 (Brown et al. 1993, section 4.2) is a table t(target | source), fitted by expectation maximisation; a
short list takes the likeliest targets of each source (Jean et al. 2015, section 3.2, do so with alignments).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from nmt.corpus.batching import IdPairs
from nmt.runtime.words import ShortLists
from tokenizer import END_ID, START_ID

Ints = NDArray[np.int64]

FREQUENT = 600
"""Target subwords that every sentence may use. The lists of a batch share them, so they cost little."""
TRANSLATIONS = 60
"""Most target subwords that a source subword opens."""
_ITERATIONS = 4
_CHUNK_CELLS = 2_000_000
_MOST_CELLS = 64_000_000
_SMALLEST = 7e-3
"""Probability of the least likely of them."""
_NULL = START_ID
"""Stands in each source sentence for the word that target words without a counterpart come from."""


def learn_short_lists(pairs: IdPairs, source_size: int, target_size: int) -> ShortLists:
    """Short lists for a source vocabulary of `source_size` ids and a target vocabulary of `target_size`."""
    counts = _counts(pairs.arrays[2], target_size)
    always = np.union1d(np.argsort(-counts, kind="stable")[:FREQUENT], [END_ID])
    cells = _Cells(pairs, target_size)
    return ShortLists(always, _best(cells.keys, cells.fit(), source_size, target_size), target_size)


def _counts(ids: NDArray[np.int32], size: int) -> Ints:
    """(size,): how often each id occurs. A piece at a time, as bincount copies what it counts."""
    counts = np.zeros(size, dtype=np.int64)
    for start in range(0, len(ids), _CHUNK_CELLS):
        counts += np.bincount(ids[start : start + _CHUNK_CELLS], minlength=size)
    return counts


class _Cells:
    """Every meeting of a source and a target subword in a sentence pair: a cell; its key is source x V + target."""

    def __init__(self, pairs: IdPairs, target_size: int) -> None:
        self._target_size = target_size
        kept = self._kept(pairs)
        chunks = [self._chunk(pairs, part) for part in self._parts(pairs, kept)]
        self.keys = np.unique(np.concatenate([np.unique(keys) for keys, _ in chunks]))
        # (cells,) each: the place of each cell's key, and where the cells of each target subword begin.
        self._chunks = [(np.searchsorted(self.keys, keys).astype(np.int32), starts) for keys, starts in chunks]

    def fit(self) -> NDArray[np.float64]:
        """t(target | source) for each key."""
        source = self.keys // self._target_size
        table = np.ones(len(self.keys))
        for _ in range(_ITERATIONS):
            counts = np.zeros(len(self.keys))
            for places, starts in self._chunks:
                share = table[places]
                total = np.add.reduceat(share, starts)
                share /= np.repeat(total, np.diff(starts, append=len(places)))
                np.add.at(counts, places, share)
            table = counts / np.bincount(source, weights=counts)[source]
        return table

    def _kept(self, pairs: IdPairs) -> Ints:
        """All pairs, or as many, spread over the corpus, as keep the cells to a bearable number."""
        cells = int(((pairs.source_lengths + 1) * pairs.target_lengths).sum())
        return np.arange(0, len(pairs), -(-cells // _MOST_CELLS))

    def _parts(self, pairs: IdPairs, kept: Ints) -> Iterator[Ints]:
        sizes = (pairs.source_lengths[kept] + 1) * pairs.target_lengths[kept]
        part = np.cumsum(sizes) // _CHUNK_CELLS
        yield from np.split(kept, np.flatnonzero(np.diff(part)) + 1)

    def _chunk(self, pairs: IdPairs, indices: Ints) -> tuple[Ints, Ints]:
        """Keys of the cells of the pairs at `indices`, target subword by target subword, and where each begins."""
        keys: list[Ints] = []
        lengths: list[Ints] = []
        for index in indices:
            source = np.append(pairs.source(index), _NULL).astype(np.int64)
            target = pairs.target(index)
            keys.append((source * self._target_size + target[:, np.newaxis]).ravel())
            lengths.append(np.full(len(target), len(source)))
        joined = np.concatenate(lengths)
        return np.concatenate(keys), np.cumsum(joined) - joined


def _best(keys: Ints, table: NDArray[np.float64], source_size: int, target_size: int) -> Ints:
    """(source_size, TRANSLATIONS): each source's likeliest targets, padded with `target_size`."""
    likely = table >= _SMALLEST
    source, target = np.divmod(keys[likely], target_size)
    order = np.lexsort((-table[likely], source))
    source, target = source[order], target[order]
    rank = np.arange(len(source)) - np.searchsorted(source, source)
    best = np.full((source_size, TRANSLATIONS), target_size, dtype=np.int64)
    inside = rank < TRANSLATIONS
    best[source[inside], rank[inside]] = target[inside]
    return best
