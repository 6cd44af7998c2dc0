"""Corrections that people gave, kept in a file: an exact repeat of the source is answered with its correction."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from nmt.errors import ConfigError

_FILE = "suggestions.sqlite3"
_SCHEMA = """
create table if not exists suggestion (
    source_language text not null,
    target_language text not null,
    source text not null,
    target text not null,
    created text not null default current_timestamp,
    primary key (source_language, target_language, source)
) without rowid
"""


class Memory:
    """The suggestions of all language pairs; the last one for a source counts. Safe to use from many threads."""

    def __init__(self, directory: Path) -> None:
        """Open or make the file in `directory`. Raises ConfigError if that cannot be."""
        self._lock = threading.Lock()
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(directory / _FILE, check_same_thread=False, isolation_level=None)
            self._database.execute("pragma journal_mode = wal")
            self._database.execute("pragma synchronous = full")  # what was accepted survives the machine's fall, too
            self._database.execute(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"suggestions cannot be kept in {directory}: {error}; let NMT_STATE_DIR name a directory that can be "
                f"written, or set NMT_SUGGESTIONS to false"
            ) from error

    def suggest(self, source_language: str, target_language: str, source: str, target: str) -> None:
        """Keep `target` as the translation of `source`; it is on the disk when this returns."""
        row = (source_language, target_language, source.strip(), target.strip())
        with self._lock:
            self._database.execute(
                "insert or replace into suggestion (source_language, target_language, source, target) "
                "values (?, ?, ?, ?)",
                row,
            )

    def find(self, source_language: str, target_language: str, source: str) -> str | None:
        """The suggested translation of `source`, with its white space around it; None without one."""
        core = source.strip()
        with self._lock:
            row = self._database.execute(
                "select target from suggestion where source_language = ? and target_language = ? and source = ?",
                (source_language, target_language, core),
            ).fetchone()
        if row is None:
            return None
        start = source.index(core)
        return f"{source[:start]}{row[0]}{source[start + len(core) :]}"

    def close(self) -> None:
        """Close the file."""
        self._database.close()
