"""A subword translation lexicon, learned from the training pairs with IBM Model 1.

Model 1 (Brown et al. 1993, section 4.2) is a table t(target | source), fitted by expectation maximization.
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
"""Smallest translation probability kept: three cells in four are chance co-occurrences below it, which waste memory."""
_PIECE = 1 << 20
"""Ids or pairs counted at a time."""
NULL = START_ID
"""The empty word, added to each source sentence, which generates target subwords without a counterpart."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """t(target | source) of subwords that co-occur in a sentence pair; 0 for all others and for the least likely."""

    keys: Ints
    """(K,) source x target_size + target, ascending."""
    table: NDArray[np.float32]
    """(K,) probabilities."""
    target_size: int

    def probabilities(self, source: Ints, target: Ints) -> NDArray[np.float32]:
        """Return t(target | source) elementwise for two arrays of ids, which broadcast."""
        wanted = source * self.target_size + target
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[places] == wanted, self.table[places], 0.0)


def learn_lexicon(pairs: IdPairs, target_size: int) -> Lexicon:
    """Learn the lexicon of `pairs`; of a subset spread over the corpus if there are very many."""
    cells = _Cells(pairs, target_size)
    table = cells.fit()
    likely = table >= _SMALLEST
    return Lexicon(cells.keys[likely], table[likely].astype(np.float32), target_size)


def target_counts(pairs: IdPairs, size: int) -> Ints:
    """Return how often each target id occurs, (size,). Counts in pieces, as bincount copies its input."""
    ids, counts = pairs.arrays[2], np.zeros(size, dtype=np.int64)
    for start in range(0, len(ids), _PIECE):
        counts += np.bincount(ids[start : start + _PIECE], minlength=size)
    return counts


def meetings(pairs: IdPairs, target_size: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield the cells of an epoch in parts. A cell is a source subword (or NULL) and a target subword of one pair.

    Each part has the keys (C,) of its cells, source x V + target, grouped by target subword, and the offsets (W,) at
    which the cells of each of its W target subwords begin. Pairs occur as often as in an epoch; if that would give
    too many cells, only an evenly spaced subset is used.
    """
    seen = epoch(pairs, np.random.default_rng(0))
    pieces = (seen[start : start + _PIECE] for start in range(0, len(seen), _PIECE))
    cells = sum(int(_cell_counts(pairs, piece).sum()) for piece in pieces)
    kept = seen[:: -(-cells // _MOST_CELLS)]
    part = np.cumsum(_cell_counts(pairs, kept)) // _CHUNK_CELLS
    for indices in np.split(kept, np.flatnonzero(np.diff(part)) + 1):
        yield _cells(pairs, indices, target_size)


def _cell_counts(pairs: IdPairs, indices: Ints) -> Ints:
    """Return the number of cells of each pair in `indices`."""
    return (pairs.source_lengths[indices] + 1) * pairs.target_lengths[indices]


def _cells(pairs: IdPairs, indices: Ints, target_size: int) -> tuple[Ints, Ints]:
    """Return the keys and offsets that `meetings` yields for the pairs at `indices`."""
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
        # The index of each cell's key (C,), and the offset of each target subword's cells (W,).
        self._chunks = [(np.searchsorted(self.keys, keys).astype(np.int32), starts) for keys, starts in chunks]

    def fit(self) -> NDArray[np.float64]:
        """Fit t(target | source) for each key."""
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
