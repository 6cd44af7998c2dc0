"""The words that a model has learned, how they are written, and the names that it copies. All other names are carried
around the model."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nmt.errors import PackageCorrupt

_BITS = "bits"
_NAMES = "names"
_USUAL = "usual"
_BITS_A_WORD = 10
_HASHES = 7
"""With 10 bits and 7 hashes a word, 0.8 % of unknown words count as known (Bloom 1970)."""


class KnownWords:
    """The source words of the training text, as a Bloom filter: a known word is always found."""

    def __init__(self, bits: NDArray[np.uint8], names: tuple[str, ...], usual: Iterable[str] = ()) -> None:
        """`bits` is the packed filter. `names` are those that the model copies best, which can stand for others.
        `usual` are words as they are written within sentences, where that is not their case-folded form."""
        self._bits = bits
        self.names = names
        self.usual: Mapping[str, str] = {word.casefold(): word for word in usual}
        """How words with a capital or a letter that capitals lose are written within sentences, by case-folded form."""

    @classmethod
    def of(cls, words: Collection[str], names: tuple[str, ...], usual: Iterable[str] = ()) -> Self:
        """Build the filter of `words`, in any case."""
        return cls(np.zeros(max(1, len(words) * _BITS_A_WORD // 8), dtype=np.uint8), names, usual).extended(words)

    def extended(self, words: Iterable[str], usual: Iterable[str] = ()) -> Self:
        """Return a copy that knows `words` and the `usual` writings too. The filter takes no more memory, but more
        unknown words count as known."""
        bits = self._bits.copy()
        for word in words:
            for place in _places(word, 8 * len(bits)):
                bits[place // 8] |= 1 << place % 8
        return type(self)(bits, self.names, (*self.usual.values(), *usual))

    @classmethod
    def of_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` returned. Raises PackageCorrupt."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                # Packages of earlier versions do not say how words are written.
                usual = _lines(stored[_USUAL]) if _USUAL in stored else []
                return cls(stored[_BITS], tuple(_lines(stored[_NAMES])), usual)
        except (EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise PackageCorrupt(f"known words: {error}; export the package again") from error

    def to_bytes(self) -> bytes:
        """Return the bytes of an .npz file."""
        content = io.BytesIO()
        lists = {_NAMES: self.names, _USUAL: sorted(self.usual.values())}
        stored = {name: np.frombuffer("\n".join(lines).encode(), dtype=np.uint8) for name, lines in lists.items()}
        np.savez_compressed(content, allow_pickle=False, **{_BITS: self._bits}, **stored)
        return content.getvalue()

    def __contains__(self, word: str) -> bool:
        """Whether `word` is known, in whatever case."""
        return all(self._bits[place // 8] >> place % 8 & 1 for place in _places(word, 8 * len(self._bits)))


def _lines(stored: NDArray[np.uint8]) -> list[str]:
    return stored.tobytes().decode().split()


def _places(word: str, size: int) -> Iterator[int]:
    """Yield the bits of `word`, by double hashing (Kirsch & Mitzenmacher 2006)."""
    digest = hashlib.blake2b(word.casefold().encode(), digest_size=16).digest()
    first, second = int.from_bytes(digest[:8]), int.from_bytes(digest[8:]) | 1
    for number in range(_HASHES):
        yield (first + number * second) % size
