"""The index of similar sources in the memory's file."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

from nmt.database import Database
from nmt.memory.matching import most_differences
from nmt.memory.segments import is_comparable, lookups, unit_keys
from nmt.memory.signature import Signature, as_stored

INDEX_SCHEMA = """
create table if not exists segment (
    key integer not null,
    pieces integer not null,
    unit integer not null,
    signature not null,
    primary key (key, pieces, unit)
) without rowid;
"""
_INSERT = "insert or ignore into segment values (?, ?, ?, ?)"
_KEY_SHIFT = 1 << 31
"""Subtracted from a key of 32 bits, which SQLite then stores in 4 bytes."""
_ROW = struct.Struct(">IHQ")
"""Key, pieces and unit, whose order as bytes is that of the index."""
_ROWS_AT_ONCE = 50_000
"""Rows stored at once. Others who write wait as long as that takes, some tenths of a second."""
_MOST_ROWS = 50_000
"""Most rows that are read for a text. Nineteen of twenty everyday texts need fewer than 4,000 of a million units."""
_MOST_COMPARED = 1_000
"""Most units that are compared with a text: those with the most similar signatures."""


class SimilarityIndex:
    """Finds the units that may match a text."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, pair: int, number: int, pieces: Sequence[str]) -> None:
        """Add the unit with this number, whose source has these pieces."""
        self._database.run_each(_INSERT, [_unpacked(row) for row in _rows(pair, number, pieces)])

    def add_many(self, units: Iterable[tuple[int, int, Sequence[str]]]) -> None:
        """Add units, each with its language pair; on return they are on disk.

        The rows are sorted, as each page of the index is then written once, and not for each of its rows.
        """
        rows = sorted(row for unit in units for row in _rows(*unit))
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            lot = [_unpacked(row) for row in rows[start : start + _ROWS_AT_ONCE]]
            with self._database.transaction():
                self._database.run_each(_INSERT, lot)

    def remove(self, pair: int, number: int, pieces: Sequence[str]) -> None:
        """Remove a unit."""
        rows = [_unpacked(row)[:3] for row in _rows(pair, number, pieces)]
        self._database.run_each("delete from segment where key = ? and pieces = ? and unit = ?", rows)

    def candidates(self, pair: int, pieces: Sequence[str]) -> set[int]:
        """Return the numbers of all units that match a text, and of a few that do not."""
        if not is_comparable(pieces):
            return set()
        own, length = Signature.of(pieces), len(pieces)
        found: dict[int, int] = {}
        left = _MOST_ROWS
        for lookup in lookups(pair, pieces):
            limits = [most_differences(max(length, other)) for other in range(lookup.shortest, lookup.longest + 1)]
            keys = [key - _KEY_SHIFT for key in lookup.keys]
            rows = self._database.run(
                f"select unit, pieces, signature from segment where key in ({', '.join('?' * len(keys))}) "
                f"and pieces between ? and ? limit ?",
                *keys,
                lookup.shortest,
                lookup.longest,
                left,
            )
            for number, other_length, other in rows:
                if number in found:
                    continue
                most = limits[other_length - lookup.shortest]
                least = own.distance(other, most)
                if least <= most:
                    found[number] = least
            left -= len(rows)
            if left <= 0:
                break
        return set(sorted(found, key=lambda number: (found[number], -number))[:_MOST_COMPARED])


def _rows(pair: int, number: int, pieces: Sequence[str]) -> Iterator[bytes]:
    """Yield the rows of a unit, packed, as those of a hundred thousand units are in memory together."""
    if is_comparable(pieces):
        signature = Signature.of(pieces).to_bytes()
        yield from (_ROW.pack(key, len(pieces), number) + signature for key in unit_keys(pair, pieces))


def _unpacked(row: bytes) -> tuple[int, int, int, int | bytes]:
    key, pieces, number = _ROW.unpack_from(row)
    return key - _KEY_SHIFT, pieces, number, as_stored(row[_ROW.size :])
