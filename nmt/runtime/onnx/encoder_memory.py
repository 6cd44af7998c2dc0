"""The encoded sentences of a running batch. Each occupies a slot in arrays that a step reads as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt.runtime.short_lists import ActiveShortLists, Ids, OutputLayer, rounded

Floats = NDArray[np.float32]

_SLOT_ROUND = 16
_LENGTH_ROUND = 8
"""Source lengths are padded to a multiple of this. It makes new layouts rarer, and sums group alike."""


class Sources:
    """B sentences in slots 0 to B - 1. When a sentence leaves, the last one takes its slot."""

    def __init__(self, layer: OutputLayer) -> None:
        self._layer = layer
        self._open = ActiveShortLists(layer)
        self._words: list[Ids] = []
        self._lengths: list[int] = []
        self._memory: dict[str, Floats] = {}  # (capacity, S, *) each
        self._mask: NDArray[Any] = np.empty((0, 1, 0), dtype=np.float32)  # (capacity, 1, S)
        self._lists: NDArray[Any] = np.empty((0, 0), dtype=np.int64)  # (capacity, L)
        self._feed: dict[str, NDArray[Any]] = {}  # empty when it must be rebuilt

    @property
    def feed(self) -> dict[str, NDArray[Any]]:
        """Return the step graph's inputs that describe the sentences."""
        if not self._feed:
            self._make_feed()
        return self._feed

    def __len__(self) -> int:
        return len(self._words)

    def add(self, memory: Mapping[str, Floats], lengths: Sequence[int], words: Sequence[Ids]) -> Ids:
        """Add N sentences and return their slots. `memory` maps names to arrays (N, S, *). `lengths` and `words` hold
        the length and word list of each."""
        first, count = len(self), len(self) + len(words)
        self._open.change([], words)
        self._words += words
        self._lengths += lengths
        self._reserve(count, memory)
        for slot, length, own in zip(range(first, count), lengths, words, strict=True):
            self._lists[slot] = self._layer.padding
            self._lists[slot, : len(own)] = own
            self._mask[slot, 0] = -np.inf
            self._mask[slot, 0, :length] = 0.0
        for name, part in memory.items():
            self._memory[name][first:count, : part.shape[1]] = part
        self._feed = {}
        return np.arange(first, count)

    def keep(self, slots: Ids) -> Ids:
        """Remove all other sentences. Return the new slot of each old slot (B,), which is meaningless for removed
        ones."""
        staying = np.zeros(len(self), dtype=bool)
        staying[slots] = True
        origin = list(range(len(self)))  # the original slot of the sentence in each slot
        moved = np.zeros(len(self), dtype=np.int64)
        leaving = np.flatnonzero(~staying)
        self._open.change([self._words[slot] for slot in leaving], [])
        for slot in leaving[::-1].tolist():  # from the end, so that the last sentence always stays
            last = len(self) - 1
            if slot != last:
                self._move(last, slot)
                origin[slot] = origin[last]
            del self._words[-1], self._lengths[-1], origin[-1]
        moved[origin] = np.arange(len(self))
        self._feed = {}
        return moved

    def _move(self, source: int, target: int) -> None:
        self._words[target] = self._words[source]
        self._lengths[target] = self._lengths[source]
        arrays: list[NDArray[Any]] = [*self._memory.values(), self._mask, self._lists]
        for array in arrays:
            array[target] = array[source]

    def _reserve(self, count: int, memory: Mapping[str, Floats]) -> None:
        """Make room for `count` sentences, their longest source and their longest word list."""
        capacity, width = self._lists.shape
        length = self._mask.shape[2]
        longest = -(-max(self._lengths) // _LENGTH_ROUND) * _LENGTH_ROUND
        widest = rounded(max(len(own) for own in self._words) + self._layer.has_closed)
        if count > capacity or widest > width:
            more = -(-count // _SLOT_ROUND) * _SLOT_ROUND if capacity else count  # large numbers seldom join
            capacity = max(capacity, more)
            self._lists = _grown(self._lists, (capacity, max(width, widest)), self._layer.padding)
        if len(self._mask) < capacity or longest > length or 2 * longest < length:
            self._mask = _grown(self._mask, (capacity, 1, longest), -np.inf)
            self._memory = {
                name: _grown(part, (capacity, longest, part.shape[2]), 0.0)
                for name, part in (self._memory or {name: part[:0] for name, part in memory.items()}).items()
            }

    def _make_feed(self) -> None:
        count = len(self)
        self._feed = {**self._open.feed, "words": self._lists[:count]}
        self._feed["columns"] = self._open.column[self._feed["words"]]
        if self._layer.has_closed:
            self._feed["columns"][np.arange(count), [len(own) for own in self._words]] = self._open.closed_column
        if self._memory:
            self._feed |= {name: part[:count] for name, part in self._memory.items()}
            self._feed["padding"] = self._mask[:count]


def _grown(array: NDArray[Any], shape: tuple[int, ...], fill: float) -> NDArray[Any]:
    """Return `array` with another shape, truncated or padded with `fill` at the end of each axis."""
    grown = np.full(shape, fill, dtype=array.dtype)
    common = tuple(slice(min(old, new)) for old, new in zip(array.shape, shape, strict=True))
    grown[common] = array[common]
    return grown
