"""Stored glossaries. A glossary has entries for one language pair and never changes after its creation."""

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
    """The properties of a stored glossary."""

    id: str
    name: str
    source: str
    target: str
    entry_count: int
    created: str
    """ISO 8601, UTC."""


class Glossaries:
    """The glossaries of all owners. An owner can access only its own."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._compiled: OrderedDict[str, Glossary] = OrderedDict()

    def create(self, owner: str, name: str, source: str, target: str, entries: dict[str, str]) -> StoredGlossary:
        """Store a glossary; it is on disk when this returns. Raises RequestError if there are too many."""
        if self._state.run("select count(*) from glossary where owner = ?", owner)[0][0] >= MOST_GLOSSARIES:
            raise RequestError(f"there are already {MOST_GLOSSARIES} glossaries, the maximum: delete one first")
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
        """Return the glossaries of `owner`, oldest first."""
        return [StoredGlossary(*row) for row in self._rows("owner = ? order by created", owner)]

    def find(self, owner: str, glossary_id: str) -> StoredGlossary:
        """Return a glossary of `owner`. Raises NotFound."""
        rows = self._rows("owner = ? and id = ?", owner, glossary_id)
        if not rows:
            raise NotFound(f"there is no glossary {glossary_id}: list the glossaries to see their ids")
        return StoredGlossary(*rows[0])

    def entries(self, owner: str, glossary_id: str) -> dict[str, str]:
        """Return the entries of a glossary of `owner`. Raises NotFound."""
        self.find(owner, glossary_id)
        stored: dict[str, str] = json.loads(
            self._state.run("select entries from glossary where owner = ? and id = ?", owner, glossary_id)[0][0]
        )
        return stored

    def remove(self, owner: str, glossary_id: str) -> None:
        """Delete a glossary. Raises NotFound."""
        self.find(owner, glossary_id)
        self._state.run("delete from glossary where owner = ? and id = ?", owner, glossary_id)
        self._compiled.pop(glossary_id, None)

    def for_pair(self, owner: str, glossary_id: str, source: str, target: str) -> Glossary:
        """Return a compiled glossary. Raises NotFound, and RequestError if it is for another language pair."""
        stored = self.find(owner, glossary_id)
        if (stored.source, stored.target) != (source, target):
            raise RequestError(
                f"glossary {glossary_id} is for {stored.source} to {stored.target}, not for {source} to {target}: "
                f"translate between its languages, or use another glossary"
            )
        if glossary_id not in self._compiled:
            self._compiled[glossary_id] = Glossary(self.entries(owner, glossary_id))
            if len(self._compiled) > _CACHED:
                self._compiled.popitem(last=False)
        return self._compiled[glossary_id]

    def _rows(self, where: str, *values: str) -> list[Any]:
        return self._state.run(f"select {_COLUMNS} from glossary where {where}", *values)


def read_entries(text: str, form: Literal["tsv", "csv"]) -> dict[str, str]:
    """Parse glossary entries, one source term and target term per line. Raises RequestError."""
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
                    f"entries line {number}: expected a source term and a target term in {form}, found {row}: correct "
                    f"the line"
                )
            if _CONTROL.search("".join(terms[:2])):
                raise RequestError(f"entries line {number}: a term has a tab or another control character: remove it")
            if terms[0] in entries:
                raise RequestError(f"entries line {number}: the term {terms[0]!r} occurs twice: keep one of them")
            entries[terms[0]] = terms[1]
    except csv.Error as error:
        raise RequestError(f"entries cannot be read as csv: {error}: correct them, or send tsv") from error
    if not entries:
        raise RequestError("entries has no entry: write a source term and a target term on each line")
    if len(entries) > MOST_ENTRIES:
        raise RequestError(f"entries has {len(entries)} entries, at most {MOST_ENTRIES} allowed: split the glossary")
    if (characters := sum(len(source) + len(target) for source, target in entries.items())) > MOST_CHARACTERS:
        raise RequestError(f"entries has {characters} characters, at most {MOST_CHARACTERS}: split the glossary")
    return entries


def written_entries(entries: dict[str, str]) -> str:
    """Format `entries` as tab-separated lines."""
    return "\n".join(f"{source}\t{target}" for source, target in entries.items())
