"""Stored glossaries. A glossary has a dictionary for each of its language pairs."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from nmt.errors import RequestError
from nmt.text import Glossary
from service.http.errors import NotFound
from service.state import State

MOST_ENTRIES = 10_000
MOST_CHARACTERS = 500_000
"""Maximum number of characters in all entries of a dictionary together."""
MOST_GLOSSARIES = 1000
"""Maximum number of glossaries of one owner."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CACHED = 16
_OF_PAIR = "glossary_id = ? and source_language = ? and target_language = ?"
Pair = tuple[str, str]
"""Source and target language."""


@dataclass(frozen=True, slots=True)
class StoredDictionary:
    """The properties of the entries for one language pair."""

    source: str
    target: str
    entry_count: int


@dataclass(frozen=True, slots=True)
class StoredGlossary:
    """The properties of a stored glossary."""

    id: str
    name: str
    created: str
    """ISO 8601, UTC."""
    dictionaries: tuple[StoredDictionary, ...]


class Glossaries:
    """The glossaries of all owners. An owner can access only its own."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._compiled: OrderedDict[tuple[str, Pair, str], Glossary] = OrderedDict()

    def create(self, owner: str, name: str, dictionaries: Mapping[Pair, dict[str, str]]) -> StoredGlossary:
        """Store a glossary; it is on disk when this returns. Raises RequestError if there are too many."""
        glossary_id = str(uuid.uuid4())
        with self._state.transaction():
            if self._state.run("select count(*) from glossary where owner = ?", owner)[0][0] >= MOST_GLOSSARIES:
                raise RequestError(f"there are already {MOST_GLOSSARIES} glossaries, the maximum: delete one first")
            self._state.run(
                "insert into glossary (id, owner, name, source_language, target_language, entries, entry_count, "
                "created) values (?, ?, ?, '', '', '', 0, ?)",
                glossary_id,
                owner,
                name,
                _now(),
            )
            for pair, entries in dictionaries.items():
                self._write(glossary_id, pair, entries)
        return self.find(owner, glossary_id)

    def all(self, owner: str) -> list[StoredGlossary]:
        """Return the glossaries of `owner`, oldest first."""
        return self._stored("owner = ?", owner)

    def find(self, owner: str, glossary_id: str) -> StoredGlossary:
        """Return a glossary of `owner`. Raises NotFound."""
        found = self._stored("owner = ? and id = ?", owner, glossary_id)
        if not found:
            raise NotFound(f"there is no glossary {glossary_id}: list the glossaries to see their ids")
        return found[0]

    def entries(self, owner: str, glossary_id: str, pair: Pair) -> dict[str, str]:
        """Return the entries of a glossary of `owner` for a language pair. Raises NotFound."""
        self.find(owner, glossary_id)
        rows = self._state.run(f"select entries from glossary_dictionary where {_OF_PAIR}", glossary_id, *pair)
        if not rows:
            raise NotFound(
                f"glossary {glossary_id} has no dictionary from {pair[0]} to {pair[1]}: see its dictionaries"
            )
        stored: dict[str, str] = json.loads(rows[0][0])
        return stored

    def change(
        self, owner: str, glossary_id: str, name: str | None, added: Mapping[Pair, dict[str, str]]
    ) -> StoredGlossary:
        """Rename a glossary, and add entries to its dictionaries or replace them term by term.

        Raises NotFound, and RequestError if a dictionary would have too many entries.
        """
        with self._state.transaction():
            known = {(each.source, each.target) for each in self.find(owner, glossary_id).dictionaries}
            if name is not None:
                self._state.run("update glossary set name = ? where id = ?", name, glossary_id)
            for pair, entries in added.items():
                before = self.entries(owner, glossary_id, pair) if pair in known else {}
                self._write(glossary_id, pair, {**before, **entries})
        return self.find(owner, glossary_id)

    def replace(self, owner: str, glossary_id: str, pair: Pair, entries: dict[str, str]) -> StoredDictionary:
        """Replace or add the dictionary of a language pair. Raises NotFound."""
        with self._state.transaction():
            self.find(owner, glossary_id)
            self._write(glossary_id, pair, entries)
        return StoredDictionary(*pair, len(entries))

    def remove(self, owner: str, glossary_id: str) -> None:
        """Delete a glossary. Raises NotFound."""
        self.find(owner, glossary_id)
        self._state.run("delete from glossary where owner = ? and id = ?", owner, glossary_id)

    def remove_dictionary(self, owner: str, glossary_id: str, pair: Pair) -> None:
        """Delete the dictionary of a language pair. Raises NotFound."""
        with self._state.transaction():
            self.entries(owner, glossary_id, pair)
            self._state.run(f"delete from glossary_dictionary where {_OF_PAIR}", glossary_id, *pair)

    def for_pair(self, owner: str, glossary_id: str, source: str, target: str) -> Glossary:
        """Return a compiled glossary. Raises NotFound, and RequestError if it is for other language pairs."""
        pairs = [(each.source, each.target) for each in self.find(owner, glossary_id).dictionaries]
        if (source, target) not in pairs:
            listed = ", ".join(f"{one} to {other}" for one, other in pairs) or "no language pair"
            raise RequestError(
                f"No dictionary found for language pair {source} to {target}: glossary {glossary_id} is for {listed}; "
                f"translate between its languages, or use another glossary"
            )
        ((changed,),) = self._state.run(
            f"select changed from glossary_dictionary where {_OF_PAIR}", glossary_id, source, target
        )
        key = glossary_id, (source, target), changed
        if key not in self._compiled:
            self._compiled[key] = Glossary(self.entries(owner, glossary_id, (source, target)))
            if len(self._compiled) > _CACHED:
                self._compiled.popitem(last=False)
        return self._compiled[key]

    def _write(self, glossary_id: str, pair: Pair, entries: dict[str, str]) -> None:
        check_entries(entries)
        self._state.run(
            "insert or replace into glossary_dictionary values (?, ?, ?, ?, ?, ?)",
            glossary_id,
            *pair,
            json.dumps(entries),
            len(entries),
            _now(),
        )

    def _stored(self, where: str, *values: str) -> list[StoredGlossary]:
        rows = self._state.run(f"select id, name, created from glossary where {where} order by created", *values)
        return [
            StoredGlossary(glossary_id, name, created, self._dictionaries(glossary_id))
            for glossary_id, name, created in rows
        ]

    def _dictionaries(self, glossary_id: str) -> tuple[StoredDictionary, ...]:
        """Return the dictionaries of a glossary, those written last at the end."""
        rows = self._state.run(
            "select source_language, target_language, entry_count from glossary_dictionary where glossary_id = ? "
            "order by changed, source_language, target_language",
            glossary_id,
        )
        return tuple(StoredDictionary(source, target, count) for source, target, count in rows)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


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
    check_entries(entries)
    return entries


def check_entries(entries: Mapping[str, str]) -> None:
    """Raises RequestError if a dictionary has too many entries."""
    if len(entries) > MOST_ENTRIES:
        raise RequestError(f"entries has {len(entries)} entries, at most {MOST_ENTRIES} allowed: split the glossary")
    if (characters := sum(len(source) + len(target) for source, target in entries.items())) > MOST_CHARACTERS:
        raise RequestError(f"entries has {characters} characters, at most {MOST_CHARACTERS}: split the glossary")


def written_entries(entries: dict[str, str]) -> str:
    """Format `entries` as tab-separated lines."""
    return "\n".join(f"{source}\t{target}" for source, target in entries.items())
