"""The request queue and the decoding threads. Each thread runs one batch, shared by the sentences of all callers."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from nmt.errors import Overloaded, TranslatorClosed
from nmt.runtime.pending_request import Decoded, Request
from nmt.runtime.running_batch import Batch, SearchT, Sentence

ResultT = TypeVar("ResultT")

_LEAST_SHARE = 2
"""A batch admits sentences when one in this many places is free. Encoding many together outweighs the empty places."""
_MOST_AT_ONCE = 16
"""Maximum number of sentences encoded together, while those in the batch wait."""


@dataclass(slots=True, eq=False)
class Entry(Sentence[SearchT]):
    """A sentence of a request."""

    request: Request[Any]
    number: int
    """Index of the sentence in its request."""
    rows: int
    """Maximum number of rows the sentence can need."""
    started: float = 0.0
    """Time at which the sentence left the queue, in seconds on the monotonic clock."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Current and past work of a batcher."""

    waiting: int
    """Number of sentences in the queue."""
    sentences: int
    """Number of sentences in the running batches."""
    rows: int
    """Number of rows in the running batches."""
    subwords: int
    """Number of subwords in all translations returned so far."""


class Batcher(Generic[SearchT]):
    """Threads that each run a batch and admit waiting sentences in order of arrival as rows become free."""

    def __init__(
        self,
        new_batch: Callable[[], Batch[Entry[SearchT]]],
        *,
        threads: int = 1,
        max_sentences: int = 32,
        max_rows: int = 160,
        max_waiting: int = 1024,
    ) -> None:
        """`new_batch` makes the batch of a thread, limited by `max_sentences` and `max_rows`. `max_waiting` limits the
        sentences in the queue."""
        self._new_batch = new_batch
        self._max_sentences = max_sentences
        self._max_rows = max_rows
        self._max_waiting = max_waiting
        self._waiting: deque[Entry[SearchT]] = deque()
        lock = threading.Lock()
        self._more = threading.Condition(lock)
        """Signals that there is something to decode, or that nothing more will come."""
        self._room = threading.Condition(lock)
        """Signals that the queue has room, or that waiting for room is pointless."""
        self._closing = False
        self._subwords = 0
        self._batches = [new_batch() for _ in range(threads)]
        self._threads = [
            threading.Thread(target=self._run, args=(number,), name=f"nmt-decoding-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        sentences: Sequence[Sentence[SearchT]],
        convert: Callable[[Sequence[Decoded]], ResultT],
        *,
        deadline: float | None = None,
        wait: bool = False,
    ) -> Future[ResultT]:
        """Queue the sentences of one request. The future's result is what `convert` makes of their results, in order.

        Cancelling the future removes its remaining sentences at the next step. `deadline` is on the monotonic clock. If
        the sentences do not fit into the queue, wait for room or raise Overloaded. An empty queue accepts any number.
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
            if not self._has_room(len(entries)):  # abandoned entries take no room, even during a long step
                self._waiting = deque(entry for entry in self._waiting if not entry.request.reply.cancelled())
            if not self._has_room(len(entries)):
                raise Overloaded(f"{len(self._waiting)} sentences are waiting already; try again in a moment")
            self._waiting += entries
            self._more.notify(len(entries))
        self._interrupt()
        request.reply.add_done_callback(self._interrupt_if_cancelled)
        return request.reply

    def close(self) -> None:
        """Finish the accepted sentences, refuse new ones, and end the threads."""
        with self._more:
            self._closing = True
            self._more.notify_all()
            self._room.notify_all()
        for thread in self._threads:
            thread.join()

    def activity(self) -> Activity:
        """Return the current activity. The batches may advance while it is read."""
        sentences = sum(len(batch.sentences) for batch in self._batches)
        rows = sum(batch.rows for batch in self._batches)
        return Activity(len(self._waiting), sentences, rows, self._subwords)

    def _interrupt(self) -> None:
        for batch in self._batches:
            batch.interrupt()

    def _interrupt_if_cancelled(self, reply: Future[Any]) -> None:
        if reply.cancelled():
            self._interrupt()

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
            except Exception as error:  # the callers must learn of any error, and the thread must survive it
                for request in _requests([*entries, *batch.sentences]):
                    request.fail(error)
                batch = self._batches[number] = self._new_batch()
            else:
                self._deliver(finished)

    def _deliver(self, finished: Sequence[Entry[SearchT]]) -> None:
        now = time.monotonic()
        decoded = [
            Decoded(entry.search.hypotheses(), entry.started - entry.request.queued_at, now - entry.started)
            for entry in finished
        ]
        with self._more:
            self._subwords += sum(len(each.hypotheses[0].token_log_probs) for each in decoded)
        for entry, each in zip(finished, decoded, strict=True):
            entry.request.deliver(entry.number, each)

    def _wait_for_work(self, batch: Batch[Entry[SearchT]]) -> bool:
        with self._more:
            while not self._waiting and not batch.sentences and not self._closing:
                self._more.wait()
            return bool(self._waiting or batch.sentences)

    def _next_entries(self, batch: Batch[Entry[SearchT]]) -> list[Entry[SearchT]]:
        """Return the entries to admit now: this thread's share of the queue, as far as rows are free."""
        if not self._waiting:
            return []
        places = self._max_sentences - len(batch.sentences)
        free = self._max_rows - sum(entry.rows for entry in batch.sentences)
        entries: list[Entry[SearchT]] = []
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


def _requests(entries: Iterable[Entry[Any]]) -> set[Request[Any]]:
    return {entry.request for entry in entries}


def _drop_abandoned(batch: Batch[Entry[SearchT]]) -> None:
    now = time.monotonic()
    over = {request for request in _requests(batch.sentences) if request.is_over(now)}
    if over:
        batch.drop(lambda entry: entry.request in over)
