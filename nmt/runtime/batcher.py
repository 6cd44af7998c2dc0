"""The queue and the threads that decode: the sentences of all callers share a running batch a thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from nmt.decoding import StateT
from nmt.errors import Overloaded, TranslatorClosed
from nmt.runtime.pending_request import Decoded, Request
from nmt.runtime.running_batch import Model, RunningBatch, Sentence

ResultT = TypeVar("ResultT")

_LEAST_SHARE = 2
"""A batch admits when one place in so many is free: encoding many sentences together is cheaper than empty places."""
_MOST_AT_ONCE = 16
"""Sentences that are encoded together, while those in the batch wait."""


@dataclass(slots=True, eq=False)
class Entry(Sentence):
    """A sentence of a request."""

    request: Request[Any]
    number: int
    """Its place in the request."""
    rows: int
    """Most rows it can need."""
    started: float = 0.0
    """When it left the queue; on the monotonic clock, seconds."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What a batcher has to do, and has done."""

    waiting: int
    """Sentences in the queue."""
    sentences: int
    """Sentences in the running batches."""
    rows: int
    """Rows of the running batches."""
    subwords: int
    """Subwords of all translations given so far."""


class Batcher(Generic[StateT]):
    """Threads with a running batch each, which admit waiting sentences in order of arrival as rows become free."""

    def __init__(
        self,
        model: Model[StateT],
        *,
        threads: int = 1,
        max_sentences: int = 32,
        max_rows: int = 160,
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
        self._subwords = 0
        self._batches: list[RunningBatch[Entry, StateT]] = [RunningBatch(model) for _ in range(threads)]
        self._threads = [
            threading.Thread(target=self._run, args=(number,), name=f"nmt-decoding-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        sentences: Sequence[Sentence],
        convert: Callable[[Sequence[Decoded]], ResultT],
        *,
        deadline: float | None = None,
        wait: bool = False,
    ) -> Future[ResultT]:
        """Queue the sentences of one request; its result is what `convert` makes of them, in their order.

        Cancelling the future takes what is left of them out at the next step. `deadline` on the monotonic clock. When
        they do not fit into the queue, wait for room or raise Overloaded; an empty queue takes any number.
        """
        request = Request(len(sentences), convert, deadline)
        entries = [
            Entry(sentence.source, sentence.search, request, number, min(sentence.search.width, self._max_rows))
            for number, sentence in enumerate(sentences)
        ]
        with self._more:
            while wait and not self._has_room(len(entries)) and not self._closing:
                self._room.wait()
            if self._closing:
                raise TranslatorClosed("the translator is closing: send the request again")
            if not self._has_room(len(entries)):  # abandoned ones hold no place, even during a long step
                self._waiting = deque(entry for entry in self._waiting if not entry.request.reply.cancelled())
            if not self._has_room(len(entries)):
                raise Overloaded(f"{len(self._waiting)} sentences are waiting already; try again in a moment")
            self._waiting += entries
            self._more.notify(len(entries))
        return request.reply

    def close(self) -> None:
        """Finish what was accepted, refuse what comes now, and end the threads."""
        with self._more:
            self._closing = True
            self._more.notify_all()
            self._room.notify_all()
        for thread in self._threads:
            thread.join()

    def activity(self) -> Activity:
        """What is going on now; the batches may move on while they are looked at."""
        sentences = [sentence for batch in self._batches for sentence in batch.sentences]
        rows = sum(len(sentence.search.tokens) for sentence in sentences)
        return Activity(len(self._waiting), len(sentences), rows, self._subwords)

    def _has_room(self, count: int) -> bool:
        return not self._waiting or len(self._waiting) + count <= self._max_waiting

    def _run(self, number: int) -> None:
        batch = self._batches[number]
        while self._wait_for_work(batch):
            _drop_abandoned(batch)
            entries = self._next_entries(batch)
            try:
                batch.admit(entries)
                finished = batch.step()
            except Exception as error:  # whatever it is, the callers must hear of it and the thread live on
                for request in _requests([*entries, *batch.sentences]):
                    request.fail(error)
                batch = self._batches[number] = RunningBatch(self._model)
            else:
                self._deliver(finished)

    def _deliver(self, finished: Sequence[Entry]) -> None:
        now = time.monotonic()
        decoded = [
            Decoded(entry.search.hypotheses(), entry.started - entry.request.queued_at, now - entry.started)
            for entry in finished
        ]
        with self._more:
            self._subwords += sum(len(each.hypotheses[0].token_log_probs) for each in decoded)
        for entry, each in zip(finished, decoded, strict=True):
            entry.request.deliver(entry.number, each)

    def _wait_for_work(self, batch: RunningBatch[Entry, StateT]) -> bool:
        with self._more:
            while not self._waiting and not batch.sentences and not self._closing:
                self._more.wait()
            return bool(self._waiting or batch.sentences)

    def _next_entries(self, batch: RunningBatch[Entry, StateT]) -> list[Entry]:
        """What to admit now: this thread's share of the queue, as far as there are rows for it."""
        if not self._waiting:
            return []
        places = self._max_sentences - len(batch.sentences)
        free = self._max_rows - sum(entry.rows for entry in batch.sentences)
        entries: list[Entry] = []
        if batch.sentences and places < self._max_sentences // _LEAST_SHARE:
            return entries
        with self._more:
            now = time.monotonic()
            share = min(places, _MOST_AT_ONCE, -(-len(self._waiting) // len(self._threads)))
            while self._waiting and len(entries) < share:
                entry = self._waiting[0]
                if entry.request.is_over(now):
                    self._waiting.popleft()
                    continue
                if entry.rows > free:
                    break
                free -= entry.rows
                entry.started = now
                entries.append(self._waiting.popleft())
            self._room.notify_all()
        return entries


def _requests(entries: Iterable[Entry]) -> set[Request[Any]]:
    return {entry.request for entry in entries}


def _drop_abandoned(batch: RunningBatch[Entry, StateT]) -> None:
    now = time.monotonic()
    over = {request for request in _requests(batch.sentences) if request.is_over(now)}
    if over:
        batch.drop(lambda entry: entry.request in over)
