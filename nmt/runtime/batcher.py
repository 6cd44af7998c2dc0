"""The queue and the one thread that decodes: sentences of all callers share the running batch."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from nmt.decoding import Hypothesis, Search
from nmt.errors import DeadlineExceeded, Overloaded
from nmt.runtime.running import JoinableT, Model, RunningBatch, Sentence


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the batcher answers."""

    hypotheses: list[Hypothesis]
    """Best first."""
    queued_seconds: float
    decoding_seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Entry(Sentence):
    """A sentence with its reply and its clock. Cancelling the reply takes its rows out at the next step."""

    rows: int
    """Most rows it can need: the beam size."""
    deadline: float | None = None
    """On the monotonic clock, seconds."""
    reply: Future[Decoded] = field(default_factory=Future)
    queued_at: float = field(default_factory=time.monotonic)
    times: dict[str, float] = field(default_factory=dict)


class Batcher:
    """Admits waiting sentences in order of arrival whenever there are rows free, and steps them together."""

    def __init__(self, model: Model[JoinableT], max_rows: int = 320, max_waiting: int = 1024) -> None:
        self._batch: RunningBatch[Entry, JoinableT] = RunningBatch(model)
        self._max_rows = max_rows
        self._max_waiting = max_waiting
        self._waiting: deque[Entry] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="nmt-decoding", daemon=True)
        self._thread.start()

    def submit(
        self, source: Sequence[int], search: Search, rows: int, *, deadline: float | None = None, wait: bool = False
    ) -> Future[Decoded]:
        """Queue one sentence. When the queue is full, wait for room or raise Overloaded."""
        entry = Entry(source, search, min(rows, self._max_rows), deadline)
        with self._changed:
            while wait and len(self._waiting) >= self._max_waiting and not self._closing:
                self._changed.wait()
            if self._closing:
                raise Overloaded("the translator is shutting down; send the request to another server")
            if len(self._waiting) >= self._max_waiting:  # abandoned ones hold no place, even during a long step
                self._waiting = deque(waiting for waiting in self._waiting if not waiting.reply.cancelled())
            if len(self._waiting) >= self._max_waiting:
                raise Overloaded(f"{len(self._waiting)} sentences are waiting already; try again in a moment")
            self._waiting.append(entry)
            self._changed.notify_all()
        return entry.reply

    def close(self) -> None:
        """Finish what was accepted, refuse what comes now, and end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while self._wait_for_work():
            self._batch.drop(_is_over)
            entries = self._next_entries()
            try:
                self._batch.admit(entries)
                for entry in self._batch.step():
                    _resolve(entry)
            except Exception as error:  # whatever it is, the callers must hear of it and the thread live on
                for entry in {*entries, *self._batch.drop(lambda _: True)}:
                    _reject(entry, error)

    def _wait_for_work(self) -> bool:
        with self._changed:
            while not self._waiting and not self._batch.sentences and not self._closing:
                self._changed.wait()
            return bool(self._waiting or self._batch.sentences)

    def _next_entries(self) -> list[Entry]:
        free = self._max_rows - sum(entry.rows for entry in self._batch.sentences)
        entries: list[Entry] = []
        with self._changed:
            while self._waiting and (self._waiting[0].rows <= free or _is_over(self._waiting[0])):
                entry = self._waiting.popleft()
                if _is_over(entry):
                    continue
                free -= entry.rows
                entry.times["started"] = time.monotonic()
                entries.append(entry)
            self._changed.notify_all()
        return entries


def _is_over(entry: Entry) -> bool:
    """Whether nobody waits for it any more; a missed deadline is answered here."""
    if entry.reply.cancelled():
        return True
    if entry.deadline is None or time.monotonic() <= entry.deadline:
        return False
    waited = time.monotonic() - entry.queued_at
    _reject(entry, DeadlineExceeded(f"no translation within {waited:.1f} s; send less at a time or try again later"))
    return True


def _resolve(entry: Entry) -> None:
    if entry.reply.set_running_or_notify_cancel():
        started = entry.times["started"]
        entry.reply.set_result(
            Decoded(entry.search.hypotheses(), started - entry.queued_at, time.monotonic() - started)
        )


def _reject(entry: Entry, error: Exception) -> None:
    if not entry.reply.done() and entry.reply.set_running_or_notify_cancel():
        entry.reply.set_exception(error)
