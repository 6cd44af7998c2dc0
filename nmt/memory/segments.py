"""The index of similar texts: parts of a unit of which every match has at least one.

A match of a unit of m pieces differs from it in at most D pieces, so of D + 1 parts of the unit at least one is in
the match unchanged (Li, Deng, Wang and Feng: Pass-Join, VLDB 2011, section 3). D depends on the longer of the two. A
unit is therefore parted twice: for texts so short that only its own length counts, and for the longest that can match.

Where D is 1, two parts of a short text would be in thousands of units. There, two texts match if they are equal when
at most one piece is left out of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zlib import crc32

from nmt.memory.matching import LEAST_PERCENT, most_differences

_MOST_PIECES = 400
"""Texts of more pieces, some 1,000 characters, are found only if they are equal."""
_SHORT = 7
"""Pieces of the longest text that differs from its matches in at most one piece."""
_LEFT_OUT = 2
"""Stands for a number of a parting, of which there are two."""


def is_comparable(pieces: Sequence[str]) -> bool:
    """Whether similar texts are looked for: not for one without words, such as a number, nor for a very long one."""
    return len(pieces) <= _MOST_PIECES and any(map(str.isalpha, pieces))


class Lookup(NamedTuple):
    """What to look for in the index."""

    keys: Sequence[int]
    shortest: int
    """Pieces of the shortest unit that may match if it has one of the keys."""
    longest: int


def unit_keys(pair: int, pieces: Sequence[str]) -> set[int]:
    """Return the keys under which a unit of the language pair `pair` is found."""
    length = len(pieces)
    found = _short_keys(pair, pieces) if length <= _SHORT else set()
    for parting, parts in enumerate(_partings(length)):
        if length * 100 // LEAST_PERCENT <= _SHORT or (length <= _SHORT and not parting):
            continue  # none of the texts for which this parting is looked up is longer than short
        start = 0
        for size in _sizes(length, parts):
            found.add(_key(pair, parting, pieces[start : start + size]))
            start += size
    return found


def lookups(pair: int, pieces: Sequence[str]) -> Iterator[Lookup]:
    """Yield what to look for to find every unit that matches a text."""
    length = len(pieces)
    shortest, longest = -(-length * LEAST_PERCENT // 100), length * 100 // LEAST_PERCENT
    if length <= _SHORT:
        yield Lookup(sorted(_short_keys(pair, pieces)), shortest, min(longest, _SHORT))
        shortest = _SHORT + 1
    lengths: dict[tuple[int, int], list[int]] = {}
    for unit in range(shortest, longest + 1):
        partings = _partings(unit)
        parting = 0 if most_differences(max(length, unit)) < partings[0] else 1
        for size in set(_sizes(unit, partings[parting])):
            lengths.setdefault((parting, size), []).append(unit)
    for (parting, size), units in lengths.items():
        keys = {_key(pair, parting, pieces[start : start + size]) for start in range(length - size + 1)}
        yield Lookup(sorted(keys), units[0], units[-1])


def _short_keys(pair: int, pieces: Sequence[str]) -> set[int]:
    """Return the keys of a short text, whole and with each of its pieces left out."""
    parts = [pieces, *((*pieces[:place], *pieces[place + 1 :]) for place in range(len(pieces)))]
    return {_key(pair, _LEFT_OUT, part) for part in parts}


def _partings(length: int) -> tuple[int, ...]:
    """Return the one or two numbers of parts of a unit."""
    longest = length * 100 // LEAST_PERCENT
    usual, most = most_differences(length) + 1, most_differences(longest) + 1
    return (usual, most) if most > usual else (usual,)


def _sizes(length: int, parts: int) -> list[int]:
    """Return the pieces of each part, as equal as can be, the longer ones last."""
    size, longer = divmod(length, parts)
    return [size] * (parts - longer) + [size + 1] * longer


def _key(pair: int, parting: int, pieces: Sequence[str]) -> int:
    """Return a key of 32 bits. Two parts with one key cost time, and never lose a match."""
    return crc32(f"{pair} {parting} {' '.join(pieces)}".encode())
