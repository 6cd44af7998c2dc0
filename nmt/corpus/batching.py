"""Batch sentence pairs by token count. This is the only module of the package that imports torch."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nmt.corpus.id_files import IdArrays
from tokenizer import END_ID, PAD_ID, START_ID

_POOL_BATCHES = 64
"""Approximate batches per length-sorted pool. Sorting keeps padding low; pooling makes every epoch differ."""

_PIECE = 1 << 20
"""Row ends converted to lengths per step, so that mapped files are not copied whole."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded ids of B sentence pairs."""

    source: Tensor
    """(B, S) int64, each row `subwords <END> <PAD>...`; or pictures (B, 3, P, P) uint8."""
    source_length: Tensor
    """(B,) int64, including <END>. Stays on the CPU, as packing requires."""
    target_input: Tensor
    """(B, T) int64, each row `<START> subwords <PAD>...`."""
    target_output: Tensor
    """(B, T) int64, each row `subwords <END> <PAD>...`."""

    @property
    def target_tokens(self) -> int:
        """Number of target tokens to predict, including <END> but not padding."""
        return int((self.target_output != PAD_ID).sum())

    def to(self, device: torch.device) -> Batch:
        """Return the batch on `device`; the lengths stay where they are."""
        return Batch(
            self.source.to(device, non_blocking=True),
            self.source_length,
            self.target_input.to(device, non_blocking=True),
            self.target_output.to(device, non_blocking=True),
        )


Row = NDArray[np.int32]
Split = Callable[[Row, Row], tuple[Row, Row]]
"""Maps the source and target ids of a pair to other ids for the same texts."""


class IdPairs:
    """The ids of N sentence pairs in flat arrays, without a Python object per sentence. The arrays may be mapped files.

    Uses 8 bytes of memory per pair, and 8 more while an epoch is laid out.
    """

    similar_lengths = True
    """Whether a batch has pairs of similar length, which saves padding. Otherwise it is a random sample of them."""

    def __init__(self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> None:
        """Build pairs from the rows of `sources` and `targets`."""
        self._hold((*_flatten(sources), *_flatten(targets)), ())

    @classmethod
    def of_arrays(cls, arrays: IdArrays, weights: Sequence[tuple[int, float]]) -> IdPairs:
        """Build pairs from `arrays`; `weights` gives (pairs, weight) for each consecutive run of pairs."""
        pairs = cls.__new__(cls)
        pairs._hold(arrays, weights)
        return pairs

    def _hold(self, arrays: IdArrays, weights: Sequence[tuple[int, float]]) -> None:
        self.arrays = arrays
        """Source ids, source row ends, target ids, target row ends."""
        self.weights = tuple(weights)
        """(pairs, times each is seen per epoch) for each source in order. Empty when every pair is seen once."""
        self._sources, self._source_ends, self._targets, self._target_ends = arrays
        self.source_lengths = _lengths(self._source_ends)  # (N,) subwords
        self.target_lengths = _lengths(self._target_ends)  # (N,) subwords

    def __len__(self) -> int:
        return len(self._source_ends)

    def source(self, index: int) -> NDArray[np.int32]:
        """Source ids of pair `index`, without special ids."""
        end = self._source_ends[index]
        return self._sources[end - self.source_lengths[index] : end]

    def target(self, index: int) -> NDArray[np.int32]:
        """Target ids of pair `index`, without special ids."""
        end = self._target_ends[index]
        return self._targets[end - self.target_lengths[index] : end]

    def batch(self, indices: Sequence[int], split: Split | None = None) -> Batch:
        """Return the pairs at `indices` as one padded batch, after applying `split` to each pair."""
        rows = [(self.source(index), self.target(index)) for index in indices]
        sources, targets = zip(*(split(*row) for row in rows) if split else rows, strict=True)
        return Batch(
            source=_pad([np.append(ids, END_ID) for ids in sources]),
            source_length=torch.tensor([len(ids) + 1 for ids in sources]),
            target_input=_pad([np.insert(ids, 0, START_ID) for ids in targets]),
            target_output=_pad([np.append(ids, END_ID) for ids in targets]),
        )


class Batches(Sequence[list[int]]):
    """The batches of an epoch, as pair indices of 8 bytes each."""

    def __init__(self, order: NDArray[np.int64], ends: NDArray[np.int64], shuffled: NDArray[np.int64]) -> None:
        """`order` (N,) holds the pairs batch by batch, `ends` (K,) the batch ends, `shuffled` (K,) the batch order."""
        self._order = order
        self._ends = ends
        self._shuffled = shuffled

    def __len__(self) -> int:
        return len(self._shuffled)

    def __getitem__(self, number: int) -> list[int]:  # type: ignore[override]  # no slices
        batch = self._shuffled[number]
        start = self._ends[batch - 1] if batch else 0
        indices: list[int] = self._order[start : self._ends[batch]].tolist()
        return indices


def token_batches(pairs: IdPairs, tokens: int, generator: np.random.Generator) -> Batches:
    """Cut one epoch into batches of at most `tokens` padded tokens on the longer side.

    Every pair occurs once, or according to its weight. Pairs of similar length share a batch, unless `pairs` says
    otherwise. `generator` determines the composition and the order of the batches. A single pair longer than `tokens`
    gets its own batch.
    """
    order = generator.permutation(epoch(pairs, generator))
    mean_length = float(pairs.target_lengths.mean()) + 1.0 if len(pairs) else 1.0
    pool = max(1, int(_POOL_BATCHES * tokens / mean_length))
    ends = array("q")
    for start in range(0, len(order), pool):
        chunk = order[start : start + pool]
        sources, targets = pairs.source_lengths[chunk], pairs.target_lengths[chunk]
        placed = np.lexsort((sources, targets)) if pairs.similar_lengths else np.arange(len(chunk))
        order[start : start + pool] = chunk[placed]
        longer = 1 + np.maximum(sources, targets)[placed]
        ends.extend(start + end for end in _cut(longer.tolist(), tokens))
    return Batches(order, np.array(ends, dtype=np.int64), generator.permutation(len(ends)))


def epoch(pairs: IdPairs, generator: np.random.Generator) -> NDArray[np.int64]:
    """Return the pairs of an epoch. Each occurs the integer part of its weight times, and a random share once more."""
    if not pairs.weights:
        return np.arange(len(pairs))
    parts: list[NDArray[np.int64]] = []
    start = 0
    for count, weight in pairs.weights:
        times, once_more = _seen(count, weight)
        indices = np.arange(start, start + count)
        parts += [indices] * times
        parts.append(generator.choice(indices, once_more, replace=False))
        start += count
    return np.concatenate(parts)


def epoch_size(weights: Sequence[tuple[int, float]]) -> int:
    """Return the number of pairs that `epoch` gives for these (pairs, weight) runs."""
    seen = ((count, *_seen(count, weight)) for count, weight in weights)
    return sum(times * count + once_more for count, times, once_more in seen)


def _seen(count: int, weight: float) -> tuple[int, int]:
    """Return how often each of `count` pairs of `weight` is seen per epoch, and how many are seen once more."""
    times, share = divmod(weight, 1.0)
    return int(times), round(share * count)


def _cut(lengths: Sequence[int], tokens: int) -> Iterator[int]:
    """Return the ends of batches over sentences of `lengths`, each of at most `tokens` when padded."""
    start = longest = 0
    for index, length in enumerate(lengths):
        longest = max(longest, length)
        if index > start and longest * (index + 1 - start) > tokens:
            yield index
            start, longest = index, length
    if lengths:
        yield len(lengths)


def _lengths(ends: NDArray[np.int64]) -> NDArray[np.int32]:
    lengths = np.empty(len(ends), dtype=np.int32)
    before = 0
    for start in range(0, len(ends), _PIECE):
        piece = ends[start : start + _PIECE]
        lengths[start : start + _PIECE] = np.diff(piece, prepend=before)
        before = int(piece[-1])
    return lengths


def _flatten(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    ends = np.cumsum([len(row) for row in rows], dtype=np.int64)
    flat = np.fromiter((token for row in rows for token in row), dtype=np.int32, count=int(ends[-1]) if rows else 0)
    return flat, ends


def _pad(rows: Sequence[NDArray[np.int32]]) -> Tensor:
    padded = np.full((len(rows), max(map(len, rows))), PAD_ID, dtype=np.int64)
    for index, row in enumerate(rows):
        padded[index, : len(row)] = row
    return torch.from_numpy(padded)
