"""Bits of a text's pieces, from which the least edit distance of two texts follows without the texts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Self
from zlib import crc32

_LEAST_BITS, _MOST_BITS = 64, 512
_LEAST_MASK = (1 << _LEAST_BITS) - 1
_BITS_A_PIECE = 3
"""With fewer, most bits are set and tell nothing."""


def as_stored(signature: bytes) -> int | bytes:
    """Return what the index stores: a number for a signature of the least width, which is read faster."""
    return signature if 8 * len(signature) > _LEAST_BITS else int.from_bytes(signature, "little", signed=True)


class Signature:
    """A bit for each piece of a text. An edit sets at most one bit and clears at most one."""

    __slots__ = ("_bits", "_by_width", "_width")

    def __init__(self, bits: int, width: int) -> None:
        self._bits = bits
        self._width = width
        self._by_width = {width: bits}

    @classmethod
    def of(cls, pieces: Sequence[str]) -> Self:
        """Return the signature of a text, which is the wider the longer the text."""
        width = _LEAST_BITS
        while width < min(_MOST_BITS, _BITS_A_PIECE * len(pieces)):
            width *= 2
        bits = 0
        for piece in pieces:
            bits |= 1 << (_hash(piece) % width)
        return cls(bits, width)

    def to_bytes(self) -> bytes:
        """Return the signature as bytes, little end first."""
        return self._bits.to_bytes(self._width // 8, "little")

    def distance(self, stored: int | bytes, most: int) -> int:
        """Return the least edit distance to the text with the signature `stored`; if above `most`, `most` + 1."""
        if isinstance(stored, int):
            other, width = stored & _LEAST_MASK, _LEAST_BITS
        else:
            other, width = int.from_bytes(stored, "little"), 8 * len(stored)
            while width > self._width:
                width //= 2
                other = _folded(other, width)
        own = self._by_width.get(width)
        if own is None:
            own = self._by_width[width] = self._narrowed(width)
        different = own ^ other
        if different.bit_count() > 2 * most:
            return most + 1
        return min(max((own & different).bit_count(), (other & different).bit_count()), most + 1)

    def _narrowed(self, width: int) -> int:
        bits, wide = self._bits, self._width
        while wide > width:
            wide //= 2
            bits = _folded(bits, wide)
        return bits


def _folded(bits: int, width: int) -> int:
    """Return a signature of twice the width as one of `width`: a hash modulo 2 w is, modulo w, that modulo w."""
    return (bits >> width) | (bits & ((1 << width) - 1))


@lru_cache(maxsize=1 << 16)
def _hash(piece: str) -> int:
    return crc32(piece.encode())
