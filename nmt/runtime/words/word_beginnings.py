"""How the words of the training text begin, so that a search can avoid words that do not exist.

A model that spells a word it has hardly seen from subwords may go on wrongly: "sobresuelada". Such a word has a
beginning that no word of the training text has. Beginnings are compared at the ends of subwords, in lower case, by a
hash that can be continued: that of a text x followed by y is H(x) B^|y| + H(y) modulo 2^64, with |y| in UTF-8 bytes,
and 1 is that of no letters.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nmt.decoding import FIRST_WORD
from nmt.errors import PackageCorrupt

Hashes = NDArray[np.uint64]

NO_LETTERS = FIRST_WORD
"""Where no word has begun."""
UNCHECKED = 0
"""Of a word that counts as known whatever its letters are, as one that was penalised already."""
PENALTY = 2.0
"""Of a beginning that no word has, in nats: rather a translation that is 7 times less probable."""
BEGINS, CONTINUES, ENDS, IS_BYTE = range(4)
"""What a subword does to a word. Subwords of anything but letters end it."""

_BITS = "bits"
_BITS_A_BEGINNING = 8
_PROBES = 5
"""With 8 bits and 5 probes, 2 % of other beginnings count as known (Bloom 1970)."""
_BASE = 0x9E3779B97F4A7C15
_MASK = 2**64 - 1
_SPACE = "\u2581"


class WordBeginnings:
    """The beginnings of the training text's target words, as a Bloom filter: a known one is always found."""

    def __init__(self, bits: NDArray[np.uint8]) -> None:
        """`bits` is the packed filter."""
        self.bits = bits

    @classmethod
    def of(cls, beginnings: Iterable[int]) -> Self:
        """Build the filter of `beginnings`, as `Spelling.after` returns them."""
        hashes = _hashes(beginnings)
        return cls(_with(np.zeros(max(1, len(hashes) * _BITS_A_BEGINNING // 8), dtype=np.uint8), hashes))

    def extended(self, beginnings: Iterable[int]) -> Self:
        """Return a copy that knows `beginnings` too. It takes no more memory, but more others count as known."""
        return type(self)(_with(self.bits, _hashes(beginnings)))

    @classmethod
    def of_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` returned. Raises PackageCorrupt."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                bits = stored[_BITS]
        except (EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise PackageCorrupt(f"word beginnings: {error}; export the package again") from error
        if bits.dtype != np.uint8 or bits.ndim != 1 or not 0 < len(bits) < 2**28:
            raise PackageCorrupt(f"word beginnings: {bits.dtype} {bits.shape} is no filter; export the package again")
        return cls(np.ascontiguousarray(bits))

    def to_bytes(self) -> bytes:
        """Return the bytes of an .npz file."""
        content = io.BytesIO()
        np.savez_compressed(content, allow_pickle=False, **{_BITS: self.bits})
        return content.getvalue()

    def __contains__(self, beginning: int) -> bool:
        """Whether a word begins so."""
        first, second = _mixed(beginning)
        size = 8 * len(self.bits)
        for probe in range(_PROBES):
            place = ((first + probe * second) & 0xFFFFFFFF) * size >> 32
            if not self.bits[place // 8] >> place % 8 & 1:
                return False
        return True


class Subwords:
    """What each of V target subwords adds to a word. Arrays have shape (V,)."""

    def __init__(self, pieces: Sequence[str]) -> None:
        """`pieces` are the subwords in SentencePiece's notation, in the order of their ids."""
        texts = [piece.removeprefix(_SPACE) for piece in pieces]
        spelled = [text.casefold().encode() if _is_letters(text) else b"" for text in texts]
        self.joins = np.array([_join(piece, text) for piece, text in zip(pieces, texts, strict=True)], dtype=np.uint8)
        lengths = np.array([len(text) for text in spelled])
        width = int(lengths.max(initial=1))
        bytes_of = np.array(spelled, dtype=f"S{width}").view(np.uint8).reshape(len(spelled), width)
        powers = np.array([pow(_BASE, power, 2**64) for power in range(width + 1)], dtype=np.uint64)
        self.powers: Hashes = powers[lengths]
        """B^|y|."""
        self.letters: Hashes = np.zeros(len(spelled), dtype=np.uint64)
        """H(y) without that of the empty text."""
        for column in range(width):
            there = lengths > column
            self.letters[there] = self.letters[there] * np.uint64(_BASE) + bytes_of[there, column]

    @property
    def ends_word(self) -> list[bool]:
        """Whether the word before each subword is over: it begins one, or has anything but letters."""
        over: list[bool] = np.isin(self.joins, (BEGINS, ENDS)).tolist()
        return over

    def after(self, word: int, subword: int) -> int:
        """Return the hash of `word`, as `after` returned it, followed by `subword`."""
        join = self.joins[subword]
        if join >= ENDS:
            return NO_LETTERS if join == ENDS else UNCHECKED
        if join == CONTINUES and word == UNCHECKED:
            return UNCHECKED
        before = NO_LETTERS if join == BEGINS else word
        return (before * int(self.powers[subword]) + int(self.letters[subword])) & _MASK


class Spelling:
    """Penalises words that begin as none in the training text and none in the source does."""

    def __init__(self, subwords: Subwords, beginnings: WordBeginnings | None, source: Sequence[int] = ()) -> None:
        """`source` holds the target subwords that spell the source text: its names may be copied. Without `beginnings`,
        no word is penalised."""
        self.subwords = subwords
        self.beginnings = beginnings
        self._own = set(beginnings_of(subwords, source))

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        """What the subwords add to words, each of shape (V,), and the filter of the beginnings if there is one."""
        known = (self.beginnings.bits,) if self.beginnings else ()
        return self.subwords.letters, self.subwords.powers, self.subwords.joins, *known

    def of(self, source: Sequence[int]) -> Spelling:
        """Return the same for a sentence, with `source` as `__init__` has it."""
        return Spelling(self.subwords, self.beginnings, source)

    def after(self, word: int, subword: int) -> tuple[int, float]:
        """Return the word that `subword` makes of `word`, and the penalty in nats. A text begins with `NO_LETTERS`."""
        beginning = self.subwords.after(word, subword)
        if self.beginnings is None or beginning in (NO_LETTERS, UNCHECKED):
            return beginning, 0.0
        if beginning in self._own or beginning in self.beginnings:
            return beginning, 0.0
        return UNCHECKED, PENALTY


def beginnings_of(subwords: Subwords, ids: Iterable[int]) -> list[int]:
    """Return the beginnings of words in a text of subwords `ids`, at the end of each subword that has letters."""
    found = []
    word = NO_LETTERS
    for number in ids:
        word = subwords.after(word, number)
        if word not in (NO_LETTERS, UNCHECKED):
            found.append(word)
    return found


def _join(piece: str, text: str) -> int:
    if piece.startswith("<0x"):
        return IS_BYTE
    if not _is_letters(text):
        return ENDS
    return BEGINS if piece.startswith(_SPACE) else CONTINUES


def _is_letters(text: str) -> bool:
    """Whether `text` has letters and their marks alone. The space symbol alone begins a word of no letters yet."""
    return text.isalpha() or all(unicodedata.category(character)[0] in "LM" for character in text)


def _hashes(beginnings: Iterable[int]) -> Hashes:
    return np.array(sorted(set(beginnings)), dtype=np.uint64)


def _mixed(beginning: int) -> tuple[int, int]:
    """Return two numbers of 32 bits, the second odd, for double hashing (Kirsch & Mitzenmacher 2006)."""
    mixed = beginning
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB & _MASK
    mixed ^= mixed >> 31
    return mixed & 0xFFFFFFFF, mixed >> 32 | 1


def _with(bits: NDArray[np.uint8], hashes: Hashes) -> NDArray[np.uint8]:
    """Return a copy of the filter `bits` with `hashes`, which `WordBeginnings.__contains__` then finds."""
    bits = bits.copy()
    low, half, size = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(8 * len(bits))
    mixed = hashes.copy()
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    first, second = mixed & low, mixed >> half | np.uint64(1)
    for probe in range(_PROBES):
        place = ((first + np.uint64(probe) * second) & low) * size >> half
        np.bitwise_or.at(bits, place // np.uint64(8), (1 << place % np.uint64(8)).astype(np.uint8))
    return bits
