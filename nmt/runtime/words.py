"""Which target words a sentence may use: a short list of its own, so that the output layer need not run over all.

The rows of a step share one matrix product over the union of their lists, but each row chooses among its own
list alone. So a sentence's translation does not depend on what it shares the batch with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
        self._base = np.zeros(size + 1, dtype=bool)
        self._base[always] = True

    def of(self, source: Sequence[int], copied: Sequence[int]) -> Ids:
        """The words for `source`, in order of id; `copied` are the target ids that spell the source text itself."""
        mask = self._base.copy()
        mask[self.translations[source]] = True
        mask[copied] = True
        return np.flatnonzero(mask[:-1])


@dataclass(frozen=True, slots=True)
class OutputLayer:
    """The output projection of all V words."""

    weight: NDArray[Any]
    """(V, E), int8 or float32."""
    scale: NDArray[np.float32] | None
    """(V,), of int8 weights."""
    bias: NDArray[np.float32]
    """(V,)."""

    @property
    def padding(self) -> int:
        """V: the id that stands for no word, which is never chosen."""
        return len(self.bias)


class OpenWords:
    """The columns of the output layer that the sentences of a batch need, laid out as they come and go.

    Column 0 belongs to no word.
    """

    def __init__(self, layer: OutputLayer, always: Ids) -> None:
        """`always`: words that stay open though no list holds them."""
        self._layer = layer
        self._users = np.zeros(layer.padding, dtype=np.int64)  # how many lists hold each word
        self._users[always] = 1
        self.column = np.zeros(layer.padding + 1, dtype=np.int64)
        """Of each word; 0 for those that are not open, and for padding."""
        self._free: list[int] = []
        self.feed: dict[str, NDArray[Any]] = {}
        """The output layer of the open words, as the step graph takes it."""
        self._lay_out()

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
        words = np.flatnonzero(self._users)
        count = rounded(1 + len(words) + len(words) // 8)
        layer = self._layer
        self.feed = {
            "output_weight": np.zeros((layer.weight.shape[1], count), dtype=layer.weight.dtype),
            "output_bias": np.full(count, _LOGIT_OF_PADDING),
        }
        if layer.scale is not None:
            self.feed["output_scale"] = np.ones(count, dtype=np.float32)
        self._free = list(range(1 + len(words), count))
        self._fill(np.arange(1, 1 + len(words)), words)

    def _fill(self, columns: NDArray[np.signedinteger], words: NDArray[np.signedinteger]) -> None:
        self.column[words] = columns
        self.feed["output_weight"][:, columns] = self._layer.weight[words].T
        self.feed["output_bias"][columns] = self._layer.bias[words]
        if self._layer.scale is not None:
            self.feed["output_scale"][columns] = self._layer.scale[words]


def rounded(count: int) -> int:
    """Up to a multiple of 64, so that sums over lists of any length group alike."""
    return -(-count // _ROUND) * _ROUND
