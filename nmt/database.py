"""A SQLite file that several threads and processes share. Accepted data is on disk before a call returns."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from nmt.errors import ConfigError

_MILLISECONDS = 20_000
"""How long to wait for another writer."""


class Database:
    """A SQLite database. Safe to use from several threads, and from several processes on one machine.

    Readers never wait: the file has a write-ahead log.
    """

    def __init__(self, path: Path, schema: str, synchronous: Literal["full", "normal"] = "full") -> None:
        """Open or create the database at `path`, in the state directory. Raises ConfigError if that fails.

        `synchronous`: with "full", writes survive a crash of the machine. With "normal", which is much faster, they
        survive only a crash of the process.
        """
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)  # it contains texts of users
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._database.execute(f"pragma busy_timeout = {_MILLISECONDS}")
            self._database.execute("pragma journal_mode = wal")
            self._database.execute("pragma secure_delete = on")
            self._database.execute(f"pragma synchronous = {synchronous}")
            self._database.executescript(schema)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"cannot open the database {path}: {error}; set NMT_STATE_DIR to a writable directory"
            ) from error

    def run(self, statement: str, *values: object) -> list[Any]:
        """Execute `statement` with `values` for its question marks, and return the rows."""
        with self._lock:
            return self._database.execute(statement, values).fetchall()

    def run_each(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Execute `statement` once for each of `rows`."""
        with self._lock:
            self._database.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit the statements that this thread runs in the context, or roll them back on an exception."""
        with self._lock:
            self._database.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._database.execute("rollback")
                raise
            self._database.execute("commit")

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._database.close()
