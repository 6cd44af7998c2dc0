"""The dictionary of a package: translations of words that stand alone, where a sentence gives a model no context, and
of words that training text hardly has in sentences."""

from __future__ import annotations

import bisect
import functools
import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nmt.errors import PackageCorrupt

_SORTED = "by_word"
_ENTRIES = "entries"
"""The same in any order, in packages of earlier versions."""
_BITS = "translated"
_AS_USUAL, _WITH_CAPITAL, _RARE = 1, 2, 4
"""Bits of an entry of that array: which of its forms translations hardly ever keep, and whether it is rare."""
_TAB = "\t"
"""Between a word and its translations in a line."""
_EMPTY = (b"\n\t", b"\t\t", b"\t\n")
"""What stands where a word or a translation is missing."""
_SHORTEST_CAPITALS = 4
"""Letters of the shortest word that is looked up when written in capitals; shorter ones may be abbreviations."""
_BLOCK = 16
"""Lines that are searched together, behind the first word of each block."""
_REMEMBERED = 16_384
"""Words whose place is remembered, as texts repeat most of theirs."""


class Dictionary:
    """Translations of single words, best first."""

    def __init__(
        self, entries: Iterable[Sequence[str]], translated: Iterable[str] = (), rare: Iterable[str] = ()
    ) -> None:
        """Each entry is a word as it is usually written, and its translations. `translated` are forms of these words,
        as usual or with a capital, that a translation hardly ever keeps. `rare` are those of these words, as usual,
        that sentences hardly have."""
        lines = {line.partition(_TAB)[0].casefold(): line for line in map(_TAB.join, entries)}
        forms, folded = set(translated), {word.casefold() for word in rare}
        kept = [(line, _RARE * (word in folded) + _bits_of(line, forms)) for word, line in sorted(lines.items())]
        text = "\n".join(line for line, _ in kept).encode()
        self._hold(text, np.array([bits for _, bits in kept], dtype=np.uint8))

    def _hold(self, text: bytes, bits: NDArray[np.uint8]) -> None:
        """Take the lines of `text`, sorted by their words, and the bits of each.

        They stay in one piece: as strings of their own they would take ten times the memory, and longer to read.
        """
        self._text = text
        self._bits = bits.tobytes()
        self._starts = _starts_of(text)
        self._firsts = [_usual(self._line(number)).casefold() for number in range(0, len(self), _BLOCK)]
        self._place_of = functools.lru_cache(_REMEMBERED)(self._place)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @classmethod
    def of_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` returned. Raises PackageCorrupt."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as stored:
                is_sorted = _SORTED in stored
                text = stored[_SORTED if is_sorted else _ENTRIES].tobytes()
                text.decode()
                # Packages of earlier versions do not say which words are always translated.
                bits = stored[_BITS].astype(np.uint8) if _BITS in stored else np.empty(0, dtype=np.uint8)
        except (EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise PackageCorrupt(f"dictionary: {error}; export the package again") from error
        starts = _starts_of(text)
        tabs = np.append(np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord(_TAB)), len(text))
        has_tab = tabs[np.searchsorted(tabs, starts[:-1])] < starts[1:] - 1
        if any(empty in b"\n" + text + b"\n" for empty in _EMPTY) or not has_tab.all():
            raise PackageCorrupt("dictionary: an entry without a translation; export the package again")
        if len(bits) and len(bits) != len(has_tab):
            raise PackageCorrupt("dictionary: the marks are not one for each entry; export the package again")
        if len(bits) == 0:
            bits = np.zeros(len(has_tab), dtype=np.uint8)
        found = cls(())
        found._hold(*((text, bits) if is_sorted else _sorted(text, bits)))
        return found

    def to_bytes(self) -> bytes:
        """Return the bytes of an .npz file."""
        content = io.BytesIO()
        np.savez_compressed(
            content,
            allow_pickle=False,
            **{_SORTED: np.frombuffer(self._text, np.uint8), _BITS: np.frombuffer(self._bits, np.uint8)},
        )
        return content.getvalue()

    def extended(self, other: Dictionary) -> Dictionary:
        """Return a dictionary that also has the words of `other` that this one does not have. A word of both is rare if
        it is in both: the sentences of either text teach it."""
        lines: dict[str, tuple[str, int]] = {}
        for each in (other, self):
            for number in range(len(each)):
                line = each._line(number)
                word = _usual(line).casefold()
                _, before = lines.get(word, ("", _RARE))
                lines[word] = line, each._bits[number] & before
        translated = (
            form for line, bits in (*self._marked(), *other._marked()) for bit, form in _forms(line) if bits & bit
        )
        rare = (_usual(line) for line, bits in lines.values() if bits & _RARE)
        return Dictionary((line.split(_TAB) for line, _ in lines.values()), translated, rare)

    def is_translated(self, word: str) -> bool:
        """Return whether translations hardly ever have `word` as it is, so that one that has it left it out."""
        number = self._place_of(word.casefold())
        return number is not None and any(
            self._bits[number] & bit and form == word for bit, form in _forms(self._line(number))
        )

    def rare_translations(self, word: str) -> tuple[str, ...]:
        """Return the translations of `word` if training text hardly has it in sentences; else none.

        A word with a capital, where the entry has none, may be a name and is not looked up.
        """
        number = self._place_of(word.casefold())
        if number is None or not self._bits[number] & _RARE:
            return ()
        is_name = word[0].isupper() and not self._line(number)[0].isupper()
        return () if is_name else self.translations(word)

    def translations(self, word: str) -> tuple[str, ...]:
        """Return the translations of `word`, with its capitals, best first; empty if it has none."""
        number = self._place_of(word.casefold())
        if number is None:
            return ()
        usual, *found = self._line(number).split(_TAB)
        if word.isupper() and len(word) > 1 and word != usual:
            return tuple(map(str.upper, found)) if len(word) >= _SHORTEST_CAPITALS else ()
        if word[0].isupper() and not usual[0].isupper():
            return tuple(each[0].upper() + each[1:] for each in found)
        return tuple(found)

    def _marked(self) -> list[tuple[str, int]]:
        """Return the lines that have bits, with these."""
        return [(self._line(number), bits) for number, bits in enumerate(self._bits) if bits]

    def _line(self, number: int) -> str:
        return self._text[self._starts[number] : self._starts[number + 1] - 1].decode()

    def _place(self, folded: str) -> int | None:
        """Return the number of the line whose word, in any case, is `folded`."""

        block = bisect.bisect_right(self._firsts, folded) - 1
        if block < 0:
            return None
        first, last = block * _BLOCK, min(block * _BLOCK + _BLOCK, len(self))
        lines = "\n" + self._text[self._starts[first] : self._starts[last]].decode().casefold()
        at = lines.find(f"\n{folded}\t")
        return None if at < 0 else first + lines.count("\n", 0, at)


def _starts_of(text: bytes) -> NDArray[np.int64]:
    """Return where each line of `text` begins, and behind them where another one would."""
    if not text:
        return np.zeros(1, dtype=np.int64)
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))
    return np.concatenate(([0], ends + 1, [len(text) + 1]))


def _sorted(text: bytes, bits: NDArray[np.uint8]) -> tuple[bytes, NDArray[np.uint8]]:
    """Return the lines of `text` sorted by their words, and their bits."""
    lines = text.decode().split("\n") if text else []
    order = sorted(range(len(lines)), key=lambda number: _usual(lines[number]).casefold())
    return "\n".join(lines[number] for number in order).encode(), bits[order]


def _bits_of(line: str, translated: set[str]) -> int:
    """Return the bits of those forms of an entry's word that are among `translated`."""
    return sum(bit for bit, form in _forms(line) if form in translated)


def _forms(line: str) -> list[tuple[int, str]]:
    """Return the forms of an entry's word, each with its bit: as usual, and with a capital."""
    usual = _usual(line)
    capital = usual[0].upper() + usual[1:]
    return [(_AS_USUAL, usual), *([(_WITH_CAPITAL, capital)] if capital != usual else [])]


def _usual(line: str) -> str:
    """Return the word of an entry as it is usually written."""
    return line.partition(_TAB)[0]
