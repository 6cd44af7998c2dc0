"""The dictionary of a package: translations of words that stand alone, where a sentence gives a model no context."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np

from nmt.errors import PackageCorrupt

_ENTRIES = "entries"
_TRANSLATED = "translated"
_AS_USUAL, _WITH_CAPITAL = 1, 2
"""Bits of an entry of that array: which of its forms translations hardly ever keep."""
_TAB = "\t"
"""Between a word and its translations in a line, which is kept whole: its words apart take three times the memory."""
_EMPTY = ("\n\t", "\t\t", "\t\n")
"""What stands where a word or a translation is missing."""
_SHORTEST_CAPITALS = 4
"""Letters of the shortest word that is looked up when written in capitals; shorter ones may be abbreviations."""


class Dictionary:
    """Translations of single words, best first."""

    def __init__(self, entries: Iterable[Sequence[str]], translated: Iterable[str] = ()) -> None:
        """Each entry is a word as it is usually written, and its translations. `translated` are forms of these words,
        as usual or with a capital, that a translation hardly ever keeps."""
        self._lines = _by_word(map(_TAB.join, entries))
        self._translated = frozenset(translated)

    def __len__(self) -> int:
        return len(self._lines)

    @classmethod
    def of_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` returned. Raises PackageCorrupt."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                text = stored[_ENTRIES].tobytes().decode()
                # Packages of earlier versions do not say which words are always translated.
                bits = stored[_TRANSLATED].tolist() if _TRANSLATED in stored else []
        except (EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise PackageCorrupt(f"dictionary: {error}; export the package again") from error
        lines = text.splitlines()
        bounded = f"\n{text}\n"
        if any(empty in bounded for empty in _EMPTY) or not all(_TAB in line for line in lines):
            raise PackageCorrupt("dictionary: an entry without a translation; export the package again")
        if bits and len(bits) != len(lines):
            raise PackageCorrupt(f"dictionary: {len(bits)} marks for {len(lines)} entries; export the package again")
        marked = zip(lines, bits or [0] * len(lines), strict=True)
        found = cls((), (form for line, mark in marked for bit, form in _forms(line) if mark & bit))
        found._lines = _by_word(lines)
        return found

    def to_bytes(self) -> bytes:
        """Return the bytes of an .npz file."""
        content = io.BytesIO()
        lines = list(self._lines.values())
        bits = [sum(bit for bit, form in _forms(line) if form in self._translated) for line in lines]
        stored = {
            _ENTRIES: np.frombuffer("\n".join(lines).encode(), dtype=np.uint8),
            _TRANSLATED: np.array(bits, dtype=np.uint8),
        }
        np.savez_compressed(content, allow_pickle=False, **stored)
        return content.getvalue()

    def extended(self, other: Dictionary) -> Dictionary:
        """Return a dictionary that also has the words of `other` that this one does not have."""
        lines = (other._lines | self._lines).values()
        return Dictionary((line.split(_TAB) for line in lines), self._translated | other._translated)

    def is_translated(self, word: str) -> bool:
        """Return whether translations hardly ever have `word` as it is, so that one that has it left it out."""
        return word in self._translated

    def translations(self, word: str) -> tuple[str, ...]:
        """Return the translations of `word`, with its capitals, best first; empty if it has none."""
        line = self._lines.get(word.casefold())
        if line is None:
            return ()
        usual, *found = line.split(_TAB)
        if word.isupper() and len(word) > 1 and word != usual:
            return tuple(map(str.upper, found)) if len(word) >= _SHORTEST_CAPITALS else ()
        if word[0].isupper() and not usual[0].isupper():
            return tuple(each[0].upper() + each[1:] for each in found)
        return tuple(found)


def _forms(line: str) -> list[tuple[int, str]]:
    """Return the forms of an entry's word, each with its bit: as usual, and with a capital."""
    usual = line.partition(_TAB)[0]
    capital = usual[0].upper() + usual[1:]
    return [(_AS_USUAL, usual), *([(_WITH_CAPITAL, capital)] if capital != usual else [])]


def _by_word(lines: Iterable[str]) -> dict[str, str]:
    """Return each line by its word, whatever the word's case."""
    return {line.partition(_TAB)[0].casefold(): line for line in lines}
