"""The units of the memory in a SQLite file."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Self
from zlib import crc32

from nmt.database import Database
from nmt.errors import ConfigError
from nmt.memory.index import INDEX_SCHEMA, SimilarityIndex
from nmt.memory.matching import Match, matched
from nmt.memory.pieces import Pieces

SUGGESTION = "suggestion"
"""The origin of a unit that a caller of the service sent."""
_REVISION = 1
"""Raised when the tables change, or the index of the same units."""
_SCHEMA = f"""
create table if not exists language_pair (
    id integer primary key,
    source text not null,
    target text not null,
    unique (source, target)
);
create table if not exists origin (id integer primary key, name text not null unique);
create table if not exists unit (
    id integer primary key autoincrement,
    pair integer not null,
    hash integer not null,
    source text not null,
    target text not null,
    origin integer not null,
    created integer not null
);
create index if not exists unit_by_hash on unit (pair, hash);
-- All units up to this one are in the index of similar sources.
create table if not exists indexed (unit integer not null);
insert into indexed select 0 where not exists (select 1 from indexed);
{INDEX_SCHEMA}
"""
_OF_SOURCE = "pair = ? and hash = ? and source = ?"
_CACHE_MEGABYTES = 32
"""Pages of the file in the memory of the process. The upper levels of the index of a million units have 10 MB."""
_READ_AT_ONCE = 1_000
_INDEXED_AT_ONCE = 100_000
"""Units whose rows are sorted in memory: some 80 MB. With fewer, each page of the index is written more often."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A source and its translation."""

    source: str
    target: str
    origin: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Count:
    """The number of units of a language pair from one origin."""

    source_language: str
    target_language: str
    origin: str
    units: int
    newest: datetime


class Memory:
    """The units of all language pairs. A source may have several translations; the newest counts most.

    Surrounding white space is no part of a unit. Safe to use from several threads and processes.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises ConfigError if that fails, or if another version has written it."""
        self._database = Database(path, _SCHEMA)
        self._index = SimilarityIndex(self._database)
        self._pairs: dict[tuple[str, str], int] = {}
        self._database.run(f"pragma cache_size = {-1024 * _CACHE_MEGABYTES}")
        revision = self._database.run("pragma user_version")[0][0]
        if revision not in (0, _REVISION):
            self.close()
            raise ConfigError(
                f"{path} is a translation memory of revision {revision}, and this version reads {_REVISION}: export it "
                f"with the version that wrote it, move the file away, and import what was exported"
            )
        self._database.run(f"pragma user_version = {_REVISION}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, languages: tuple[str, str], pairs: Iterable[tuple[str, str]], origin: str) -> int:
        """Store the pairs that are not there yet, and return how many those are; on return they are on disk.

        Pairs without a source or without a translation are left out. Only equal sources are found until `index`.
        """
        stripped = ((source.strip(), target.strip()) for source, target in pairs)
        with self._database.transaction():
            pair, origin_id = self._pair(languages), self._origin(origin)
            new = [
                self._insert(pair, source, target, origin_id)
                for source, target in stripped
                if source and target and not self._has(pair, source, target)
            ]
        return len(new)

    def index(self) -> None:
        """Add the new units to the index of similar sources; on return they are on disk.

        If it is interrupted, the next call goes on.
        """
        while rows := self._database.run(
            "select id, pair, source from unit where id > (select unit from indexed) order by id limit ?",
            _INDEXED_AT_ONCE,
        ):
            self._index.add_many((pair, number, Pieces.of(source).masked) for number, pair, source in rows)
            self._database.run("update indexed set unit = max(unit, ?)", rows[-1][0])

    def suggest(self, languages: tuple[str, str], source: str, target: str) -> None:
        """Store `target` as the newest translation of `source`; on return it is on disk.

        It replaces earlier suggestions for the source.
        """
        source, target = source.strip(), target.strip()
        pieces = Pieces.of(source).masked
        with self._database.transaction():
            pair, origin = self._pair(languages), self._origin(SUGGESTION)
            replaced = self._database.run(
                f"select id from unit where {_OF_SOURCE} and (origin = ? or target = ?)",
                pair,
                _hash(source),
                source,
                origin,
                target,
            )
            for (number,) in replaced:
                self._index.remove(pair, number, pieces)
                self._database.run("delete from unit where id = ?", number)
            self._index.add(pair, self._insert(pair, source, target, origin), pieces)

    def find(self, languages: tuple[str, str], source: str) -> str | None:
        """Return the newest translation of `source` with the same surrounding white space, or None."""
        core = source.strip()
        rows = self._database.run(
            f"select target from unit where {_OF_SOURCE} order by id desc limit 1",
            self._known_pair(languages),
            _hash(core),
            core,
        )
        return _as_around(source, core, rows[0][0]) if rows else None

    def similar(self, languages: tuple[str, str], source: str, most: int) -> list[Match]:
        """Return up to `most` matches of `source` with different translations: the best first, then the newest."""
        core = source.strip()
        pair = self._known_pair(languages)
        if pair is None or not core or most < 1:
            return []
        pieces = Pieces.of(core)
        equal = self._database.run(f"select id from unit where {_OF_SOURCE}", pair, _hash(core), core)
        numbers = {number for (number,) in equal} | self._index.candidates(pair, pieces.masked)
        found: list[Match] = []
        for number in sorted(numbers, reverse=True):
            for unit, target in self._database.run("select source, target from unit where id = ?", number):
                if match := matched(core, pieces, unit, target):
                    found.append(replace(match, target=_as_around(source, core, match.target)))
        found.sort(key=attrgetter("percent"), reverse=True)
        best: dict[str, Match] = {}
        for each in found:
            best.setdefault(each.target, each)
        return list(best.values())[:most]

    def units(self, languages: tuple[str, str], origin: str | None = None) -> Iterator[Unit]:
        """Yield the units of a language pair, oldest first; with `origin`, only those from there."""
        pair, last = self._known_pair(languages), 0
        # With the plus, the rows are read in the order of their numbers, and not from the index of the pair and sorted.
        while rows := self._database.run(
            "select unit.id, source, target, name, created from unit join origin on origin.id = origin "
            "where +pair = ? and unit.id > ? and name = coalesce(?, name) order by unit.id limit ?",
            pair,
            last,
            origin,
            _READ_AT_ONCE,
        ):
            last = rows[-1][0]
            for _, source, target, name, created in rows:
                yield Unit(source, target, name, datetime.fromtimestamp(created, UTC))

    def counts(self) -> list[Count]:
        """Return the number of units of each language pair from each origin."""
        rows = self._database.run(
            "select language_pair.source, language_pair.target, name, count(*), max(created) from unit "
            "join language_pair on language_pair.id = pair join origin on origin.id = origin group by 1, 2, 3"
        )
        return [
            Count(source, target, name, units, datetime.fromtimestamp(newest, UTC))
            for source, target, name, units, newest in rows
        ]

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _known_pair(self, languages: tuple[str, str]) -> int | None:
        """Return the number of a language pair, or None if it has never had a unit."""
        if languages not in self._pairs:
            rows = self._database.run("select id from language_pair where source = ? and target = ?", *languages)
            if not rows:
                return None
            self._pairs[languages] = rows[0][0]
        return self._pairs[languages]

    def _pair(self, languages: tuple[str, str]) -> int:
        self._database.run("insert or ignore into language_pair (source, target) values (?, ?)", *languages)
        rows = self._database.run("select id from language_pair where source = ? and target = ?", *languages)
        return int(rows[0][0])

    def _origin(self, name: str) -> int:
        self._database.run("insert or ignore into origin (name) values (?)", name)
        return int(self._database.run("select id from origin where name = ?", name)[0][0])

    def _has(self, pair: int, source: str, target: str) -> bool:
        return bool(
            self._database.run(
                f"select 1 from unit where {_OF_SOURCE} and target = ?", pair, _hash(source), source, target
            )
        )

    def _insert(self, pair: int, source: str, target: str, origin: int) -> int:
        self._database.run(
            "insert into unit (pair, hash, source, target, origin, created) values (?, ?, ?, ?, ?, ?)",
            pair,
            _hash(source),
            source,
            target,
            origin,
            int(time.time()),
        )
        return int(self._database.run("select last_insert_rowid()")[0][0])


def _hash(text: str) -> int:
    """Return a number that SQLite stores in 4 bytes. Texts with one number are told apart by themselves."""
    return crc32(text.encode()) - (1 << 31)


def _as_around(source: str, core: str, target: str) -> str:
    """Return `target` with the white space that `source` has around its `core`."""
    start = source.index(core)
    return f"{source[:start]}{target}{source[start + len(core) :]}"
