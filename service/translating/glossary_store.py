"""Glossaries that clients keep here: entries for one language pair, which never change once they are made."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from nmt.errors import RequestError
from nmt.text import Glossary
from service.http.errors import NotFound
from service.state import State

MOST_ENTRIES = 10_000
MOST_CHARACTERS = 500_000
"""Maximum number of characters in all entries together."""
MOST_GLOSSARIES = 1000
"""Maximum number of glossaries of one owner."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CACHED = 16
_COLUMNS = "id, name, source_language, target_language, entry_count, created"


@dataclass(frozen=True, slots=True)
class StoredGlossary:
    """A glossary as it was made."""

    id: str
    name: str
    source: str
    target: str
    entry_count: int
    created: str
    """ISO 8601, UTC."""


class Glossaries:
    """The glossaries of every owner; nobody sees another's."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._compiled: OrderedDict[str, Glossary] = OrderedDict()

    def create(self, owner: str, name: str, source: str, target: str, entries: dict[str, str]) -> StoredGlossary:
        """Keep a glossary; it is on the disk when this returns. Raises RequestError if there are too many."""
        if self._state.run("select count(*) from glossary where owner = ?", owner)[0][0] >= MOST_GLOSSARIES:
            raise RequestError(f"there are {MOST_GLOSSARIES} glossaries, which is the most: delete one first")
        created = datetime.now(UTC).isoformat(timespec="microseconds")
        made = StoredGlossary(str(uuid.uuid4()), name, source, target, len(entries), created)
        self._state.run(
            f"insert into glossary (owner, entries, {_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?)",
            owner,
            json.dumps(entries),
            *astuple(made),
        )
        return made

    def all(self, owner: str) -> list[StoredGlossary]:
        """The glossaries of `owner`, oldest first."""
        return [StoredGlossary(*row) for row in self._rows("owner = ? order by created", owner)]

    def find(self, owner: str, glossary_id: str) -> StoredGlossary:
        """A glossary of `owner`. Raises NotFound."""
        rows = self._rows("owner = ? and id = ?", owner, glossary_id)
        if not rows:
            raise NotFound(f"there is no glossary {glossary_id}: list the glossaries to see those there are")
        return StoredGlossary(*rows[0])

    def entries(self, owner: str, glossary_id: str) -> dict[str, str]:
        """The terms of a glossary of `owner`. Raises NotFound."""
        self.find(owner, glossary_id)
        stored: dict[str, str] = json.loads(
            self._state.run("select entries from glossary where owner = ? and id = ?", owner, glossary_id)[0][0]
        )
        return stored

    def remove(self, owner: str, glossary_id: str) -> None:
        """Forget a glossary. Raises NotFound."""
        self.find(owner, glossary_id)
        self._state.run("delete from glossary where owner = ? and id = ?", owner, glossary_id)
        self._compiled.pop(glossary_id, None)

    def for_pair(self, owner: str, glossary_id: str, source: str, target: str) -> Glossary:
        """The terms of a glossary. Raises NotFound, and RequestError if it is of another language pair."""
        stored = self.find(owner, glossary_id)
        if (stored.source, stored.target) != (source, target):
            raise RequestError(
                f"glossary {glossary_id} is for {stored.source} to {stored.target}, not for {source} to {target}: "
                f"name these languages, or another glossary"
            )
        if glossary_id not in self._compiled:
            self._compiled[glossary_id] = Glossary(self.entries(owner, glossary_id))
            if len(self._compiled) > _CACHED:
                self._compiled.popitem(last=False)
        return self._compiled[glossary_id]

    def _rows(self, where: str, *values: str) -> list[Any]:
        return self._state.run(f"select {_COLUMNS} from glossary where {where}", *values)


def read_entries(text: str, form: Literal["tsv", "csv"]) -> dict[str, str]:
    """The entries of a glossary file: a source term and a target term a line. Raises RequestError."""
    rows: Iterable[Sequence[str]]
    rows = csv.reader(io.StringIO(text)) if form == "csv" else (line.split("\t") for line in text.splitlines())
    entries: dict[str, str] = {}
    try:
        for number, row in enumerate(rows, start=1):
            terms = [cell.strip() for cell in row]
            if not any(terms):
                continue
            if not 2 <= len(terms) <= (4 if form == "csv" else 2) or not (terms[0] and terms[1]):
                raise RequestError(
                    f"entries line {number}: expected a source term and a target term in {form}, found {row}"
                )
            if _CONTROL.search("".join(terms[:2])):
                raise RequestError(f"entries line {number}: a term has a tab or another control character: take it out")
            if terms[0] in entries:
                raise RequestError(f"entries line {number}: the term {terms[0]!r} is there twice: keep one of them")
            entries[terms[0]] = terms[1]
    except csv.Error as error:
        raise RequestError(f"entries cannot be read as csv: {error}") from error
    if not entries:
        raise RequestError("entries has no entry: give a source term and a target term a line")
    if len(entries) > MOST_ENTRIES:
        raise RequestError(f"entries has {len(entries)} entries, at most {MOST_ENTRIES} are taken: make two glossaries")
    if (characters := sum(len(source) + len(target) for source, target in entries.items())) > MOST_CHARACTERS:
        raise RequestError(f"entries has {characters} characters, at most {MOST_CHARACTERS}: make two glossaries")
    return entries


def written_entries(entries: dict[str, str]) -> str:
    """`entries` as lines with a tab."""
    return "\n".join(f"{source}\t{target}" for source, target in entries.items())
