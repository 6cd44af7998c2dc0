"""Storage of the data that survives a restart. Accepted data is on disk before the response is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from nmt.database import Database

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
create table if not exists glossary_dictionary (
    glossary_id text not null,
    source_language text not null,
    target_language text not null,
    entries text not null,
    entry_count integer not null,
    changed text not null,
    primary key (glossary_id, source_language, target_language)
) without rowid;
create trigger if not exists glossary_removed after delete on glossary begin
    delete from glossary_dictionary where glossary_id = old.id;
end;
-- Earlier versions kept the only dictionary of a glossary in its own row.
insert or ignore into glossary_dictionary
    select id, source_language, target_language, entries, entry_count, created from glossary where entries <> '';
update glossary set entries = '', entry_count = 0 where entries <> '';
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
_ADDED = (
    ("document", "translate_attributes", "integer not null default 0"),
    ("document", "must_differ", "integer not null default 0"),
)
"""Table, name and type of columns that tables of earlier versions do not have."""


class State(Database):
    """The database of a state directory."""

    def __init__(self, directory: Path, synchronous: Literal["full", "normal"] = "full") -> None:
        """Open or create the database in `directory`, like `Database`. Raises ConfigError if that fails."""
        super().__init__(directory / _FILE, _SCHEMA, synchronous)
        self._add_columns()

    def _add_columns(self) -> None:
        with self.transaction():  # another process may be opening the same database
            for table, name, kind in _ADDED:
                if not self.run("select 1 from pragma_table_info(?) where name = ?", table, name):
                    self.run(f"alter table {table} add column {name} {kind}")
