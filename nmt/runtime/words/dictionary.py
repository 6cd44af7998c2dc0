"""The dictionary of a package: translations of words that stand alone, where a sentence gives a model no context."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable
from typing import Self

import numpy as np

from nmt.errors import PackageCorrupt

_ENTRIES = "entries"
_SHORTEST_CAPITALS = 4
"""Letters of the shortest word that is looked up when written in capitals; shorter ones may be abbreviations."""


class Dictionary:
    """Translations of single words, best first."""

    def __init__(self, entries: Iterable[tuple[str, ...]]) -> None:
        """Each entry is a word as it is usually written, and its translations."""
        self._entries = {entry[0].casefold(): entry for entry in entries}

    def __len__(self) -> int:
        return len(self._entries)

    @classmethod
    def of_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` returned. Raises PackageCorrupt."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                lines = stored[_ENTRIES].tobytes().decode().splitlines()
        except (EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise PackageCorrupt(f"dictionary: {error}; export the package again") from error
        entries = [tuple(line.split("\t")) for line in lines]
        if any(len(entry) < 2 or not all(entry) for entry in entries):
            raise PackageCorrupt("dictionary: an entry without a translation; export the package again")
        return cls(entries)

    def to_bytes(self) -> bytes:
        """Return the bytes of an .npz file."""
        content = io.BytesIO()
        text = "\n".join("\t".join(entry) for entry in self._entries.values()).encode()
        np.savez_compressed(content, allow_pickle=False, **{_ENTRIES: np.frombuffer(text, dtype=np.uint8)})
        return content.getvalue()

    def extended(self, other: Dictionary) -> Dictionary:
        """Return a dictionary that also has the words of `other` that this one does not have."""
        return Dictionary((other._entries | self._entries).values())

    def translations(self, word: str) -> tuple[str, ...]:
        """Return the translations of `word`, with its capitals, best first; empty if it has none."""
        entry = self._entries.get(word.casefold())
        if entry is None:
            return ()
        usual, *found = entry
        if word.isupper() and len(word) > 1 and word != usual:
            return tuple(map(str.upper, found)) if len(word) >= _SHORTEST_CAPITALS else ()
        if word[0].isupper() and not usual[0].isupper():
            return tuple(each[0].upper() + each[1:] for each in found)
        return tuple(found)
