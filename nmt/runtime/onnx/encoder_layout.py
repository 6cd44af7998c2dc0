"""The layout of a batch in the encoder: the order in which it reads positions, and where it stores their outputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nmt.runtime.short_lists import Ids
from tokenizer import END_ID, PAD_ID


@dataclass(frozen=True, slots=True)
class Layout:
    """Layout of B sentences of at most S positions, read in D directions. The rows of each direction are adjacent.

    Each sentence ends at the end of the scan in every direction, and is preceded by <PAD>.
    """

    rows: Ids
    """Shape (S, D x B): the row of the encoder's table that is read at each place of the scan."""
    lengths: Ids
    """Shape (B,): the number of positions in each sentence, including <END>."""

    @classmethod
    def of(cls, sentences: Sequence[Sequence[int]], directions: int, vocabulary: int) -> Layout:
        """Return the layout of `sentences`, adding <END> to each. The table has `vocabulary` rows per direction."""
        lengths = np.array([len(ids) + 1 for ids in sentences])
        rows = np.full((directions * len(sentences), int(lengths.max())), PAD_ID, dtype=np.int64)
        for number, ids in enumerate(sentences):
            whole = np.array([*ids, END_ID])
            rows[number, -len(whole) :] = whole
            if directions == 2:  # its part of the table follows the forward direction's
                rows[len(sentences) + number, -len(whole) :] = vocabulary + whole[::-1]
        return cls(np.ascontiguousarray(rows.T), lengths)

    def places(self) -> Ids:
        """Return (B, S, D): the place in the scan at which each position is read in each direction."""
        step = np.arange(len(self.rows))[:, np.newaxis]
        return np.ascontiguousarray(self._places(np.minimum(step, self.lengths - 1)).transpose(1, 0, 2))

    def below(self) -> Ids:
        """Return (S, D x B, D): the same for the position read at each place. Padding counts as the nearest
        position."""
        size = len(self.rows)
        step = np.arange(size)[:, np.newaxis]
        read = [np.maximum(step - (size - self.lengths), 0), np.minimum(size - 1 - step, self.lengths - 1)]
        return np.concatenate([self._places(position) for position in read[: self._directions]], axis=1)

    @property
    def _directions(self) -> int:
        return int(self.rows.shape[1]) // len(self.lengths)

    def _places(self, position: Ids) -> Ids:
        """Return the places (*, B, D) of positions (*, B)."""
        (size, columns), column = self.rows.shape, np.arange(len(self.lengths))
        forward = (size - self.lengths + position) * columns + column
        backward = (size - 1 - position) * columns + column + len(self.lengths)
        return np.stack((forward, backward)[: self._directions], axis=-1)
