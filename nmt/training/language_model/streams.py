"""Parallel streams through a text, read in chunks of k steps for truncated backpropagation through time."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from nmt.training.language_model.text import MappedIds


class Chunk(NamedTuple):
    """At most k consecutive steps of B streams."""

    inputs: Tensor
    """(B, T)."""
    targets: Tensor
    """(B, T): the symbol after each input."""


class Streams:
    """A text cut into B equally long streams, which are read side by side.

    Each stream goes on where its last chunk ended, so that its state can be carried from chunk to chunk.
    """

    def __init__(self, ids: MappedIds, streams: int, k: int) -> None:
        """Cut `ids`, of which at most B - 1 at the end are left out."""
        self._ids = ids
        self._k = k
        self._steps = (len(ids) - 1) // streams
        self._starts = [stream * self._steps for stream in range(streams)]

    def __len__(self) -> int:
        """Return the number of chunks in a pass over the text."""
        return -(-self._steps // self._k)

    def chunk(self, number: int) -> Chunk:
        """Return chunk `number`; the last one of the text may have fewer than k steps."""
        first = number * self._k
        length = min(self._k, self._steps - first)
        rows = torch.from_numpy(self._ids.rows([start + first for start in self._starts], length + 1))
        return Chunk(rows[:, :-1], rows[:, 1:])
