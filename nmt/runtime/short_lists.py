"""Which target words a sentence may use: a short list of its own, so that the output layer need not run over all.

The rows of a step share one matrix product over the union of their lists, but each row chooses among its own
list alone. So a sentence's translation does not depend on what it shares the batch with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

_ROUND = 64
_LOGIT_OF_PADDING = np.float32(-1e30)


class ShortLists:
    """What a training corpus says of the target words that a sentence needs."""

    def __init__(self, always: Ids, translations: Ids, size: int) -> None:
        """`always`: open to every sentence. `translations` (V of the source, K): the words that each source id
        may stand for, padded with `size`, the V of the target."""
        self.always = always
        self.translations = translations
        self.padding = size
        self._base = np.zeros(size + 1, dtype=bool)
        self._base[always] = True

    def of(self, source: Sequence[int], copied: Sequence[int]) -> Ids:
        """The words for `source`, in order of id; `copied` are the target ids that spell the source text itself."""
        mask = self._base.copy()
        mask[self.translations[source]] = True
        mask[copied] = True
        return np.flatnonzero(mask[:-1])


class OutputLayer:
    """The output projection of all V words, and the columns of those that are always open."""

    def __init__(
        self, weight: NDArray[Any], scale: NDArray[np.float32] | None, bias: NDArray[np.float32], always: Ids
    ) -> None:
        """`weight` (V, E), int8 with a `scale` (V,) or float32; `bias` (V,); `always`: words of most sentences."""
        self.always = always
        self.padding = len(bias)
        """V: the id that stands for no word, which is never chosen."""
        self._weight = weight
        self._scale = scale
        self._bias = bias
        self._always = self.columns(always)

    def columns(self, words: NDArray[np.signedinteger]) -> dict[str, NDArray[Any]]:
        """The projection of N `words` as the step graph takes it: (E, N), (N,), (N,)."""
        columns = {"output_weight": self._weight[words].T, "output_bias": self._bias[words]}
        return columns if self._scale is None else {**columns, "output_scale": self._scale[words]}

    def empty(self, count: int) -> dict[str, NDArray[Any]]:
        """So many columns: the first of no word, those of `always`, and the rest to be filled."""
        empty = {
            "output_weight": np.zeros((self._weight.shape[1], count), dtype=self._weight.dtype),
            "output_bias": np.full(count, _LOGIT_OF_PADDING),
        }
        if self._scale is not None:
            empty["output_scale"] = np.ones(count, dtype=np.float32)
        for name, values in self._always.items():
            empty[name][..., 1 : 1 + len(self.always)] = values
        return empty


class OpenWords:
    """The columns of the output layer that the sentences of a batch need, laid out as they come and go.

    Column 0 belongs to no word; those of the words that are always open follow it.
    """

    def __init__(self, layer: OutputLayer) -> None:
        self._layer = layer
        self._users = np.zeros(layer.padding, dtype=np.int64)  # how many lists hold each word
        self._users[layer.always] = 1
        self.column = np.zeros(layer.padding + 1, dtype=np.int64)
        """Of each word; 0 for those that are not open, and for padding."""
        self._free: list[int] = []
        self.feed: dict[str, NDArray[Any]] = {"output_bias": np.empty(0, dtype=np.float32)}
        """The output layer of the open words, as the step graph takes it."""

    def change(self, closed: Sequence[Ids], opened: Sequence[Ids]) -> None:
        """Take the lists `closed` out, and then the lists `opened` in. No list holds a word twice."""
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
        """Give every open word a new column, with an eighth to spare for those to come."""
        always = self._layer.always
        self.column[:] = 0
        self.column[always] = np.arange(1, 1 + len(always))
        others = np.flatnonzero((self._users > 0) & (self.column[:-1] == 0))
        used = 1 + len(always) + len(others)
        count = rounded(used + used // 8)
        self.feed = self._layer.empty(count)
        self._free = list(range(used, count))
        self._fill(np.arange(used - len(others), used), others)

    def _fill(self, columns: NDArray[np.signedinteger], words: NDArray[np.signedinteger]) -> None:
        self.column[words] = columns
        for name, values in self._layer.columns(words).items():
            self.feed[name][..., columns] = values


def rounded(count: int) -> int:
    """Up to a multiple of 64, so that sums over lists of any length group alike."""
    return -(-count // _ROUND) * _ROUND
