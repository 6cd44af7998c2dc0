"""Uploaded documents, kept until they are translated and fetched, or until they expire."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from enum import StrEnum
from typing import Any

from nmt.errors import Overloaded
from service.http.errors import NotFound
from service.state import State

LEASE_SECONDS = 5.0
"""Lifetime of a lease. A process that does not renew it counts as dead, and another process starts over."""
_MOST_WAITING = 100
_MOST_KEPT = 2000
_MOST_BYTES = 2**30
"""Maximum total size of one owner's documents and translations. The counts above are per owner, too."""


class Stage(StrEnum):
    """The stage of a document, in DeepL's terms."""

    QUEUED = "queued"
    TRANSLATING = "translating"
    DONE = "done"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Order:
    """How to translate a document."""

    owner: str
    name: str
    """Name of the file, without a path."""
    source: str
    """Language code, or auto."""
    target: str
    glossary: str | None
    column: str | None
    """Column of a table."""
    characters: int
    charged: int
    """Characters to refund if the translation fails."""
    month: str
    """Month in which the characters count."""
    translate_attributes: bool = False
    """Whether texts of HTML attributes are translated."""
    must_differ: bool = False
    """Whether a text that is already in the target language is an error, as in DeepL's API, or comes back unchanged."""


@dataclass(frozen=True, slots=True)
class Job:
    """A document and its progress."""

    id: str
    """Unguessable: anyone who knows it may fetch the translation."""
    key: str
    order: Order
    stage: Stage
    progress: float
    """From 0 to 1."""
    message: str | None
    """Error message of a failed translation."""
    started: float | None
    """Seconds since 1970."""
    attempts: int
    """Number of times the translation was started."""


_ORDER = (
    "owner, name, source, target, glossary, column_name, characters, charged, month, translate_attributes, must_differ"
)
_COLUMNS = f"id, key, stage, progress, message, started, attempts, {_ORDER}"


class Documents:
    """The documents of a service. Safe to use from many threads; everything it returns is on disk."""

    def __init__(self, state: State, hours: float) -> None:
        """Keep documents for `hours` after their upload."""
        self._state = state
        self._seconds = 3600.0 * hours

    def add(self, order: Order, content: bytes) -> Job:
        """Store a document for translation. Raises Overloaded if there are too many."""
        # In the form of DeepL's, for which some clients look in messages.
        document_id, key, now = secrets.token_hex(16).upper(), secrets.token_hex(32).upper(), time.time()
        with self._state.transaction():
            self.check_room(order.owner)
            self._state.run(
                f"insert into document (id, key, stage, progress, created, expires, content, {_ORDER}) "
                "values (?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                document_id,
                key,
                Stage.QUEUED,
                now,
                now + self._seconds,
                content,
                *astuple(order),
            )
        return self.find(document_id)

    def check_room(self, owner: str) -> None:
        """Raises Overloaded if there are too many documents of `owner`."""
        kept, waiting, size = self._state.run(
            "select count(*), coalesce(sum(stage = ?), 0), "
            "coalesce(sum(length(content) + coalesce(length(result), 0)), 0) from document where owner = ?",
            Stage.QUEUED,
            owner,
        )[0]
        if kept >= _MOST_KEPT or waiting >= _MOST_WAITING or size >= _MOST_BYTES:
            raise Overloaded(
                f"{waiting} documents are waiting and {kept} are stored, {size // 2**20} MiB in all: wait until some "
                f"are translated, or delete those that you have downloaded"
            )

    def find(self, document_id: str) -> Job:
        """Return a document. Raises NotFound."""
        rows = self._state.run(f"select {_COLUMNS} from document where id = ?", document_id)
        if not rows:
            raise NotFound(f"there is no document {document_id}: check the id, or send an expired document again")
        return _job(rows[0])

    def content(self, document_id: str) -> bytes:
        """Return the document as uploaded."""
        return bytes(self._state.run("select content from document where id = ?", document_id)[0][0])

    def result(self, document_id: str) -> bytes:
        """Return the translated document. Raises NotFound if it is not finished."""
        rows = self._state.run("select result from document where id = ? and stage = ?", document_id, Stage.DONE)
        if not rows:
            raise NotFound(f"document {document_id} is not translated: check its status")
        return bytes(rows[0][0])

    def claim(self, worker: str) -> Job | None:
        """Assign the longest-waiting document to `worker` and return it, or None if none waits."""
        now = time.time()
        rows = self._state.run(
            f"update document set stage = ?, worker = ?, lease = ?, progress = 0, started = ?, "
            f"attempts = attempts + 1 where id = ("
            f"select id from document where stage = ? or (stage = ? and lease < ?) order by created limit 1) "
            f"returning {_COLUMNS}",
            Stage.TRANSLATING,
            worker,
            now + LEASE_SECONDS,
            now,
            Stage.QUEUED,
            Stage.TRANSLATING,
            now,
        )
        return _job(rows[0]) if rows else None

    def renew(self, document_id: str, worker: str, progress: float) -> None:
        """Renew the lease of `worker`, and record its progress."""
        values = {"progress": progress, "lease": time.time() + LEASE_SECONDS}
        self._update(document_id, worker, values)

    def release(self, job: Job, worker: str) -> None:
        """Return a document to the queue as if it had not been started."""
        self._update(job.id, worker, {"stage": Stage.QUEUED, "worker": None, "attempts": job.attempts - 1})

    def finish(self, document_id: str, worker: str, result: bytes) -> None:
        """Replace the uploaded document with its translation."""
        self._update(document_id, worker, {"stage": Stage.DONE, "progress": 1.0, "result": result, "content": b""})

    def fail(self, document_id: str, worker: str, message: str) -> bool:
        """Record why the translation failed; return False if the document no longer belongs to `worker`."""
        return self._update(document_id, worker, {"stage": Stage.ERROR, "message": message, "content": b""})

    def forget(self, document_id: str) -> None:
        """Delete a document. Raises NotFound."""
        if not self._state.run("delete from document where id = ? returning id", document_id):
            raise NotFound(f"there is no document {document_id}: check the id, or send an expired document again")

    def forget_old(self) -> list[Job]:
        """Delete expired documents, and return those that were never translated."""
        rows = self._state.run(f"delete from document where expires < ? returning {_COLUMNS}", time.time())
        return [job for job in map(_job, rows) if job.stage in {Stage.QUEUED, Stage.TRANSLATING}]

    def count(self, stage: Stage) -> int:
        """Return the number of documents in `stage`."""
        return int(self._state.run("select count(*) from document where stage = ?", stage)[0][0])

    def _update(self, document_id: str, worker: str, values: dict[str, Any]) -> bool:
        """Change a document that `worker` is still translating."""
        assignments = ", ".join(f"{name} = ?" for name in values)
        changed = self._state.run(
            f"update document set {assignments} where id = ? and worker = ? and stage = ? returning id",
            *values.values(),
            document_id,
            worker,
            Stage.TRANSLATING,
        )
        return bool(changed)


def _job(row: Sequence[Any]) -> Job:
    document_id, key, stage, progress, message, started, attempts, *asked, attributes, must_differ = row
    # SQLite has integers for yes and no.
    order = replace(Order(*asked), translate_attributes=bool(attributes), must_differ=bool(must_differ))
    return Job(document_id, key, order, Stage(stage), progress, message, started, attempts)
