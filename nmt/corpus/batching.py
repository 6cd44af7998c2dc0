"""Sentence pairs as ids, cut into batches of about equal numbers of target tokens. The one torch file here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nmt.corpus.pairs import SentencePair
from tokenizer import END_ID, PAD_ID, START_ID, SubwordTokenizer

_POOL_BATCHES = 64
"""Batches are cut from pools of about this many, sorted by length: little padding, yet every epoch differs."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded ids of B sentence pairs."""

    source: Tensor
    """(B, S) int64, each row `subwords <END> <PAD>...`."""
    source_length: Tensor
    """(B,) int64, <END> counted; stays on the CPU, where packing wants it."""
    target_input: Tensor
    """(B, T) int64, each row `<START> subwords <PAD>...`."""
    target_output: Tensor
    """(B, T) int64, each row `subwords <END> <PAD>...`."""

    @property
    def target_tokens(self) -> int:
        """Target tokens to predict, <END> counted, padding not."""
        return int((self.target_output != PAD_ID).sum())

    def to(self, device: torch.device) -> Batch:
        """The same batch on `device`, but for the lengths."""
        return Batch(
            self.source.to(device, non_blocking=True),
            self.source_length,
            self.target_input.to(device, non_blocking=True),
            self.target_output.to(device, non_blocking=True),
        )


Row = NDArray[np.int32]
Split = Callable[[Row, Row], tuple[Row, Row]]
"""From the source ids and target ids of a pair to others of the same texts."""


class IdPairs:
    """The ids of many sentence pairs in two flat arrays: 4 bytes a subword, no Python object a sentence."""

    def __init__(self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> None:
        self._sources, self._source_ends = _flatten(sources)
        self._targets, self._target_ends = _flatten(targets)
        self.source_lengths = np.diff(self._source_ends, prepend=0)  # (N,) subwords
        self.target_lengths = np.diff(self._target_ends, prepend=0)  # (N,) subwords

    def __len__(self) -> int:
        return len(self._source_ends)

    @property
    def arrays(self) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
        """Source ids and row ends, target ids and row ends: all that this holds."""
        return self._sources, self._source_ends, self._targets, self._target_ends

    def source(self, index: int) -> NDArray[np.int32]:
        """Source ids of pair `index`, no special ids."""
        end = self._source_ends[index]
        return self._sources[end - self.source_lengths[index] : end]

    def target(self, index: int) -> NDArray[np.int32]:
        """Target ids of pair `index`, no special ids."""
        end = self._target_ends[index]
        return self._targets[end - self.target_lengths[index] : end]

    def batch(self, indices: Sequence[int], split: Split | None = None) -> Batch:
        """The pairs at `indices` as one padded batch, each in the subwords that `split` makes of them."""
        rows = [(self.source(index), self.target(index)) for index in indices]
        sources, targets = zip(*(split(*row) for row in rows) if split else rows, strict=True)
        return Batch(
            source=_pad([np.append(ids, END_ID) for ids in sources]),
            source_length=torch.tensor([len(ids) + 1 for ids in sources]),
            target_input=_pad([np.insert(ids, 0, START_ID) for ids in targets]),
            target_output=_pad([np.append(ids, END_ID) for ids in targets]),
        )


def encode_pairs(
    pairs: Iterable[SentencePair], source: SubwordTokenizer, target: SubwordTokenizer, max_subwords: int
) -> tuple[IdPairs, list[SentencePair]]:
    """Ids of the pairs whose sides both have at most `max_subwords`, and those pairs."""
    sources, targets, kept = [], [], []
    for pair in pairs:
        source_ids, target_ids = source.encode(pair.source), target.encode(pair.target)
        if max(len(source_ids), len(target_ids)) <= max_subwords:
            sources.append(source_ids)
            targets.append(target_ids)
            kept.append(pair)
    return IdPairs(sources, targets), kept


def token_batches(pairs: IdPairs, tokens: int, generator: np.random.Generator) -> list[list[int]]:
    """One epoch: every pair once, in batches of at most `tokens` padded tokens on the longer side.

    Pairs of like length share a batch; which they are, and the order of the batches, follows `generator`.
    A single pair longer than `tokens` gets a batch of its own.
    """
    order = generator.permutation(len(pairs))
    mean_length = float(pairs.target_lengths.mean()) + 1.0 if len(pairs) else 1.0
    pool = max(1, int(_POOL_BATCHES * tokens / mean_length))
    batches: list[list[int]] = []
    for start in range(0, len(order), pool):
        chunk = order[start : start + pool]
        by_length = chunk[np.lexsort((pairs.source_lengths[chunk], pairs.target_lengths[chunk]))]
        batches.extend(_cut(pairs, by_length.tolist(), tokens))
    return [batches[index] for index in generator.permutation(len(batches))]


def _cut(pairs: IdPairs, indices: Sequence[int], tokens: int) -> Iterator[list[int]]:
    batch: list[int] = []
    longest = 0
    for index in indices:
        length = 1 + int(max(pairs.source_lengths[index], pairs.target_lengths[index]))
        if batch and max(longest, length) * (len(batch) + 1) > tokens:
            yield batch
            batch, longest = [], 0
        batch.append(index)
        longest = max(longest, length)
    if batch:
        yield batch


def _flatten(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    ends = np.cumsum([len(row) for row in rows], dtype=np.int64)
    flat = np.fromiter((token for row in rows for token in row), dtype=np.int32, count=int(ends[-1]) if rows else 0)
    return flat, ends


def _pad(rows: Sequence[NDArray[np.int32]]) -> Tensor:
    padded = np.full((len(rows), max(map(len, rows))), PAD_ID, dtype=np.int64)
    for index, row in enumerate(rows):
        padded[index, : len(row)] = row
    return torch.from_numpy(padded)
