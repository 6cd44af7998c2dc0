"""The file for what must survive a restart; what is accepted is on the disk before its request is answered."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from nmt.errors import ConfigError

_FILE = "service.sqlite3"
_SCHEMA = """
create table if not exists suggestion (
    source_language text not null,
    target_language text not null,
    source text not null,
    target text not null,
    created text not null default current_timestamp,
    primary key (source_language, target_language, source)
) without rowid;
create table if not exists api_key (
    id text primary key,
    name text not null unique,
    secret_sha256 blob not null,
    characters_per_month integer,
    requests_per_minute integer,
    created text not null default current_timestamp
) without rowid;
create table if not exists glossary (
    id text primary key,
    owner text not null,
    name text not null,
    source_language text not null,
    target_language text not null,
    entries text not null,
    entry_count integer not null,
    created text not null
) without rowid;
create index if not exists glossary_of_owner on glossary (owner);
create table if not exists document (
    id text primary key,
    key text not null,
    owner text not null,
    name text not null,
    source text not null,
    target text not null,
    glossary text,
    column_name text,
    characters integer not null,
    charged integer not null,
    month text not null,
    attempts integer not null default 0,
    stage text not null,
    progress real not null,
    message text,
    worker text,
    lease real,
    created real not null,
    started real,
    expires real not null,
    content blob not null,
    result blob
);
create index if not exists document_by_stage on document (stage, created);
create index if not exists document_of_owner on document (owner);
create table if not exists usage (
    owner text not null,
    month text not null,
    characters integer not null,
    primary key (owner, month)
) without rowid;
"""


class State:
    """A SQLite database; safe to use from many threads, and by several processes of one machine."""

    def __init__(self, directory: Path, synchronous: Literal["full", "normal"] = "full") -> None:
        """Open or make the file in `directory`. Raises ConfigError if that cannot be.

        `synchronous`: what is written survives the fall of the machine, or only that of the process, and costs little.
        """
        self._lock = threading.RLock()
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            (directory / _FILE).touch(mode=0o600)  # texts of others are in it
            self._database = sqlite3.connect(directory / _FILE, check_same_thread=False, isolation_level=None)
            self._database.execute("pragma busy_timeout = 5000")
            self._database.execute("pragma journal_mode = wal")
            self._database.execute("pragma secure_delete = on")
            self._database.execute(f"pragma synchronous = {synchronous}")
            self._database.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"nothing can be kept in {directory}: {error}; let NMT_STATE_DIR name a directory that can be written"
            ) from error

    def run(self, statement: str, *values: object) -> list[Any]:
        """The rows that `statement` gives with `values` in place of its question marks."""
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what the thread runs inside."""
        with self._lock:
            self._database.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._database.execute("rollback")
                raise
            self._database.execute("commit")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()
