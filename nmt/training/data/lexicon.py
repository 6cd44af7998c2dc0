"""Which subwords translate which, learned from the training pairs with IBM Model 1.

Model 1 (Brown et al. 1993, section 4.2) is a table t(target | source), fitted by expectation maximisation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.corpus.batching import IdPairs, epoch
from tokenizer import START_ID

Ints = NDArray[np.int64]

_ITERATIONS = 4
_CHUNK_CELLS = 2_000_000
_MOST_CELLS = 64_000_000
_SMALLEST = 1e-4
"""Probability below which a translation is none: three cells in four are such chance meetings, and only take memory."""
_PIECE = 1 << 20
"""Ids, or pairs, counted at a time."""
NULL = START_ID
"""Stands in each source sentence for the word that target words without a counterpart come from."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """t(target | source) of subwords that met in a sentence pair; 0 for all others, and for the unlikeliest."""

    keys: Ints
    """(K,) source x target_size + target, ascending."""
    table: NDArray[np.float32]
    """(K,) probabilities."""
    target_size: int

    def probabilities(self, source: Ints, target: Ints) -> NDArray[np.float32]:
        """t(target | source), element by element of two arrays of ids that broadcast."""
        wanted = source * self.target_size + target
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[places] == wanted, self.table[places], 0.0)


def learn_lexicon(pairs: IdPairs, target_size: int) -> Lexicon:
    """The lexicon of `pairs`; of a part of them, spread over the corpus, when there are very many."""
    cells = _Cells(pairs, target_size)
    table = cells.fit()
    likely = table >= _SMALLEST
    return Lexicon(cells.keys[likely], table[likely].astype(np.float32), target_size)


def target_counts(pairs: IdPairs, size: int) -> Ints:
    """(size,): how often each target id occurs. A piece at a time, as bincount copies what it counts."""
    ids, counts = pairs.arrays[2], np.zeros(size, dtype=np.int64)
    for start in range(0, len(ids), _PIECE):
        counts += np.bincount(ids[start : start + _PIECE], minlength=size)
    return counts


def meetings(pairs: IdPairs, target_size: int) -> Iterator[tuple[Ints, Ints]]:
    """Every meeting of a source and a target subword in a sentence pair: a cell, with NULL among the sources.

    A part of an epoch at a time: the keys (C,), source x V + target, of its cells, target subword by target subword,
    and (W,) where the cells of each of its W target subwords begin. Of all pairs that an epoch sees, as often, or of
    as many of them as keep the cells to a bearable number.
    """
    seen = epoch(pairs, np.random.default_rng(0))
    pieces = (seen[start : start + _PIECE] for start in range(0, len(seen), _PIECE))
    cells = sum(int(_cell_counts(pairs, piece).sum()) for piece in pieces)
    kept = seen[:: -(-cells // _MOST_CELLS)]
    part = np.cumsum(_cell_counts(pairs, kept)) // _CHUNK_CELLS
    for indices in np.split(kept, np.flatnonzero(np.diff(part)) + 1):
        yield _cells(pairs, indices, target_size)


def _cell_counts(pairs: IdPairs, indices: Ints) -> Ints:
    """How many cells each pair of `indices` has."""
    return (pairs.source_lengths[indices] + 1) * pairs.target_lengths[indices]


def _cells(pairs: IdPairs, indices: Ints, target_size: int) -> tuple[Ints, Ints]:
    """What `meetings` gives of the pairs at `indices`."""
    keys: list[Ints] = []
    lengths: list[Ints] = []
    for index in indices:
        source = np.append(pairs.source(index), NULL).astype(np.int64)
        target = pairs.target(index)
        keys.append((source * target_size + target[:, np.newaxis]).ravel())
        lengths.append(np.full(len(target), len(source)))
    joined = np.concatenate(lengths)
    return np.concatenate(keys), np.cumsum(joined) - joined


class _Cells:
    """The cells of a corpus; their keys are source x V + target."""

    def __init__(self, pairs: IdPairs, target_size: int) -> None:
        self._target_size = target_size
        chunks = list(meetings(pairs, target_size))
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
