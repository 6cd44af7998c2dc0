"""Short lists of the target words that each sentence may use, so that the output layer need not cover all words.

The rows of a step share one matrix product over the union of their lists, but each row chooses only from its own list.
A sentence's translation therefore does not depend on the rest of the batch.

Probabilities over the list alone would be too high, most of all where the model hesitates. So a list may have one more
row of the output layer, whose logit approximates the log of the sum of e^logit over all words that are not on the list:
it is part of the softmax and never chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

_ROUND = 64
_LOGIT_OF_PADDING = np.float32(-1e30)


CLOSED = "short_list.closed"
"""Name of the row (1, E) of the output layer for the words that a sentence may not use."""


class ShortLists:
    """The target words that each sentence needs, learned from a training corpus."""

    def __init__(self, always: Ids, translations: Ids, size: int) -> None:
        """`always` holds the words available to every sentence. `translations` (source V, K) holds the candidate words
        of each source id, padded with `size`, the target V."""
        self.always = always
        self.translations = translations
        self.padding = size
        self._base = np.zeros(size + 1, dtype=bool)
        self._base[always] = True

    def of(self, source: Sequence[int], copied: Sequence[int]) -> Ids:
        """Return the words for `source`, sorted by id. `copied` holds the target ids that spell the source text."""
        mask = self._base.copy()
        mask[self.translations[source]] = True
        mask[copied] = True
        return np.flatnonzero(mask[:-1])


class OutputLayer:
    """The output projection of all V words, and the columns of the words that are always open."""

    def __init__(
        self,
        weight: NDArray[Any],
        scale: NDArray[np.float32] | None,
        bias: NDArray[np.float32],
        always: Ids,
        has_closed: bool = False,
    ) -> None:
        """`weight` (V, E) is int8 with `scale` (V,), or float32. `bias` has shape (V,). `always` holds words of most
        sentences. With `has_closed`, a last row V stands for all the words that are not open to a sentence."""
        self.always = always
        self.padding = len(bias) - has_closed
        """V, the id that stands for no word and is never chosen."""
        self.has_closed = has_closed
        self._weight = weight
        self._scale = scale
        self._bias = bias
        self._fixed = self.columns(np.append(always, self.padding) if has_closed else always)

    @property
    def fixed(self) -> int:
        """Number of columns that are always there, behind the one for no word."""
        return len(self.always) + self.has_closed

    def columns(self, words: NDArray[np.signedinteger]) -> dict[str, NDArray[Any]]:
        """Return the projection of N `words` as the step graph's inputs: (E, N), (N,), (N,)."""
        columns = {"output_weight": self._weight[words].T, "output_bias": self._bias[words]}
        return columns if self._scale is None else {**columns, "output_scale": self._scale[words]}

    def empty(self, count: int) -> dict[str, NDArray[Any]]:
        """Return `count` columns: the first for no word, then those of `always`, then the one for closed words if there
        is one. The caller fills the rest."""
        empty = {
            "output_weight": np.zeros((self._weight.shape[1], count), dtype=self._weight.dtype),
            "output_bias": np.full(count, _LOGIT_OF_PADDING),
        }
        if self._scale is not None:
            empty["output_scale"] = np.ones(count, dtype=np.float32)
        for name, values in self._fixed.items():
            empty[name][..., 1 : 1 + self.fixed] = values
        return empty


class ActiveShortLists:
    """Output layer columns needed by the sentences of a batch, updated as they come and go.

    Column 0 belongs to no word. The columns of the words that are always open follow it, then that of the closed words.
    """

    def __init__(self, layer: OutputLayer) -> None:
        self._layer = layer
        self._users = np.zeros(layer.padding, dtype=np.int64)  # number of lists that hold each word
        self._users[layer.always] = 1
        self.column = np.zeros(layer.padding + 1, dtype=np.int64)
        """Column of each word, or 0 for words that are not open and for padding."""
        self.closed_column = layer.fixed
        """Column of the words that are not open, if the layer has one."""
        self._free: list[int] = []
        self.feed: dict[str, NDArray[Any]] = {"output_bias": np.empty(0, dtype=np.float32)}
        """The output layer of the open words, as the step graph's inputs."""

    def change(self, closed: Sequence[Ids], opened: Sequence[Ids]) -> None:
        """Remove the lists `closed`, then add the lists `opened`. No list holds a word twice."""
        size = self._layer.padding
        if closed:
            self._users -= np.bincount(np.concatenate(closed), minlength=size)
            unused = np.flatnonzero((self._users == 0) & (self.column[:-1] > 0))
            self._free += self.column[unused].tolist()
            self.column[unused] = 0
        if not opened:
            return
        self._users += np.bincount(np.concatenate(opened), minlength=size)
        fresh = np.flatnonzero((self._users > 0) & (self.column[:-1] == 0))
        if len(fresh) > len(self._free) or len(self._free) - len(fresh) > max(4 * _ROUND, len(self._bias) // 2):
            self._lay_out()
        elif len(fresh):
            columns = np.array(self._free[: len(fresh)], dtype=np.int64)
            del self._free[: len(fresh)]
            self._fill(columns, fresh)

    @property
    def _bias(self) -> NDArray[Any]:
        return self.feed["output_bias"]

    def _lay_out(self) -> None:
        """Assign a new column to every open word, with an eighth to spare for later words."""
        always = self._layer.always
        self.column[:] = 0
        self.column[always] = np.arange(1, 1 + len(always))
        others = np.flatnonzero((self._users > 0) & (self.column[:-1] == 0))
        used = 1 + self._layer.fixed + len(others)
        count = rounded(used + used // 8)
        self.feed = self._layer.empty(count)
        self._free = list(range(used, count))
        self._fill(np.arange(used - len(others), used), others)

    def _fill(self, columns: NDArray[np.signedinteger], words: NDArray[np.signedinteger]) -> None:
        self.column[words] = columns
        for name, values in self._layer.columns(words).items():
            self.feed[name][..., columns] = values


def rounded(count: int) -> int:
    """Round up to a multiple of 64, so that sums over lists of any length group alike."""
    return -(-count // _ROUND) * _ROUND
