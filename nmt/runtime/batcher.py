"""The queue and the threads that decode: the sentences of all callers share a running batch a thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic

from nmt.decoding import Hypothesis, Search, StateT
from nmt.errors import DeadlineExceeded, Overloaded
from nmt.runtime.running import Model, RunningBatch, Sentence, Source


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


_LEAST_SHARE = 2
"""A batch admits when one place in so many is free: encoding many sentences together is cheaper than empty places."""
_MOST_AT_ONCE = 32
"""Sentences that are encoded together, while those in the batch wait."""


class Batcher(Generic[StateT]):
    """Threads with a running batch each, which admit waiting sentences in order of arrival as rows become free."""

    def __init__(
        self,
        model: Model[StateT],
        *,
        threads: int = 1,
        max_sentences: int = 64,
        max_rows: int = 320,
        max_waiting: int = 1024,
    ) -> None:
        """`max_sentences` and `max_rows`: of a thread's batch. `max_waiting`: sentences in the queue."""
        self._model = model
        self._max_sentences = max_sentences
        self._max_rows = max_rows
        self._max_waiting = max_waiting
        self._waiting: deque[Entry] = deque()
        lock = threading.Lock()
        self._more = threading.Condition(lock)
        """There is something to decode, or nothing more to come."""
        self._room = threading.Condition(lock)
        """There is room in the queue, or no use to wait for it."""
        self._closing = False
        self._threads = [
            threading.Thread(target=self._run, name=f"nmt-decoding-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self, source: Source, search: Search, rows: int, *, deadline: float | None = None, wait: bool = False
    ) -> Future[Decoded]:
        """Queue one sentence. When the queue is full, wait for room or raise Overloaded."""
        entry = Entry(source, search, min(rows, self._max_rows), deadline)
        with self._more:
            while wait and len(self._waiting) >= self._max_waiting and not self._closing:
                self._room.wait()
            if self._closing:
                raise Overloaded("the translator is shutting down; send the request to another server")
            if len(self._waiting) >= self._max_waiting:  # abandoned ones hold no place, even during a long step
                self._waiting = deque(waiting for waiting in self._waiting if not waiting.reply.cancelled())
            if len(self._waiting) >= self._max_waiting:
                raise Overloaded(f"{len(self._waiting)} sentences are waiting already; try again in a moment")
            self._waiting.append(entry)
            self._more.notify()
        return entry.reply

    def close(self) -> None:
        """Finish what was accepted, refuse what comes now, and end the threads."""
        with self._more:
            self._closing = True
            self._more.notify_all()
            self._room.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        batch: RunningBatch[Entry, StateT] = RunningBatch(self._model)
        while self._wait_for_work(batch):
            batch.drop(_is_over)
            entries = self._next_entries(batch)
            try:
                batch.admit(entries)
                for entry in batch.step():
                    _resolve(entry)
            except Exception as error:  # whatever it is, the callers must hear of it and the thread live on
                for entry in {*entries, *batch.sentences}:
                    _reject(entry, error)
                batch = RunningBatch(self._model)

    def _wait_for_work(self, batch: RunningBatch[Entry, StateT]) -> bool:
        with self._more:
            while not self._waiting and not batch.sentences and not self._closing:
                self._more.wait()
            return bool(self._waiting or batch.sentences)

    def _next_entries(self, batch: RunningBatch[Entry, StateT]) -> list[Entry]:
        """What to admit now: this thread's share of the queue, as far as there are rows for it."""
        places = self._max_sentences - len(batch.sentences)
        free = self._max_rows - sum(entry.rows for entry in batch.sentences)
        entries: list[Entry] = []
        if batch.sentences and places < self._max_sentences // _LEAST_SHARE:
            return entries
        with self._more:
            share = min(places, _MOST_AT_ONCE, -(-len(self._waiting) // len(self._threads)))
            while (
                self._waiting and len(entries) < share and (self._waiting[0].rows <= free or _is_over(self._waiting[0]))
            ):
                entry = self._waiting.popleft()
                if _is_over(entry):
                    continue
                free -= entry.rows
                entry.times["started"] = time.monotonic()
                entries.append(entry)
            self._room.notify_all()
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
