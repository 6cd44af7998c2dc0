"""The state machine of py3langid in a tenth of its memory."""

from __future__ import annotations

from array import array

import numpy as np

_WIDTH_BITS = 4
_WIDTH = 1 << _WIDTH_BITS
"""Entries of a part. Of parts of 4, 8, 16 and 32 entries, those of 16 take the least memory together with their
places."""


class Transitions:
    """A large array of unsigned numbers in which the same parts come again and again. Each is kept once."""

    def __init__(self, numbers: array[int]) -> None:
        """Keep what `numbers` holds, a multiple of 16 numbers."""
        parts = np.frombuffer(numbers, dtype=f"u{numbers.itemsize}").reshape(-1, _WIDTH)
        whole = parts.view(np.dtype((np.void, parts.itemsize * _WIDTH))).ravel()
        _, first, places = np.unique(whole, return_index=True, return_inverse=True)
        self._parts = array(numbers.typecode, parts[first].tobytes())
        self._places = array("I", places.astype(np.uint32).tobytes())

    def __getitem__(self, index: int) -> int:
        """Return the number at `index`."""
        return self._parts[(self._places[index >> _WIDTH_BITS] << _WIDTH_BITS) + (index & (_WIDTH - 1))]
