"""How the encoder reads the sentences of a batch: in which order, and where it leaves what it has read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nmt.runtime.short_lists import Ids
from tokenizer import END_ID, PAD_ID


@dataclass(frozen=True, slots=True)
class Layout:
    """B sentences of at most S positions, read in D directions; the rows of a direction lie side by side.

    Each sentence ends with the scan, whichever way it is read, and <PAD> comes before it.
    """

    rows: Ids
    """(S, D x B): the row of the encoder's table that each place of the scan reads."""
    lengths: Ids
    """(B,): positions of each sentence, <END> included."""

    @classmethod
    def of(cls, sentences: Sequence[Sequence[int]], directions: int, vocabulary: int) -> Layout:
        """The layout of `sentences`, to which <END> is added; the table has `vocabulary` rows a direction."""
        lengths = np.array([len(ids) + 1 for ids in sentences])
        rows = np.full((directions * len(sentences), int(lengths.max())), PAD_ID, dtype=np.int64)
        for number, ids in enumerate(sentences):
            whole = np.array([*ids, END_ID])
            rows[number, -len(whole) :] = whole
            if directions == 2:  # whose part of the table follows the forward one's
                rows[len(sentences) + number, -len(whole) :] = vocabulary + whole[::-1]
        return cls(np.ascontiguousarray(rows.T), lengths)

    def places(self) -> Ids:
        """(B, S, D): the place, counted through the scan, where each position was read in each direction."""
        step = np.arange(len(self.rows))[:, np.newaxis]
        return np.ascontiguousarray(self._places(np.minimum(step, self.lengths - 1)).transpose(1, 0, 2))

    def below(self) -> Ids:
        """(S, D x B, D): the same for the position that is read at each place, padding counted as the nearest one."""
        size = len(self.rows)
        step = np.arange(size)[:, np.newaxis]
        read = [np.maximum(step - (size - self.lengths), 0), np.minimum(size - 1 - step, self.lengths - 1)]
        return np.concatenate([self._places(position) for position in read[: self._directions]], axis=1)

    @property
    def _directions(self) -> int:
        return int(self.rows.shape[1]) // len(self.lengths)

    def _places(self, position: Ids) -> Ids:
        """(*, B, D) of positions (*, B)."""
        (size, columns), column = self.rows.shape, np.arange(len(self.lengths))
        forward = (size - self.lengths + position) * columns + column
        backward = (size - 1 - position) * columns + column + len(self.lengths)
        return np.stack((forward, backward)[: self._directions], axis=-1)
