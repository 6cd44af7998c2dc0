"""The queue on a model that can be held still: joining, leaving, refusing, failing, closing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from nmt.decoding import Candidates, GreedySearch
from nmt.errors import Overloaded
from nmt.runtime.batcher import Batcher
from nmt.runtime.pending_request import Decoded
from nmt.runtime.running_batch import RunningBatch, Sentence, Source

START, END = 0, 1


@dataclass(frozen=True)
class CountdownState:
    left: NDArray[np.int64]

    def select(self, rows: NDArray[np.int64]) -> CountdownState:
        return CountdownState(self.left[rows])


class Countdown:
    """Copies a source [n] as n subwords `n + 10`, then <END>; each step waits for a permit."""

    def __init__(self) -> None:
        self.permits = threading.Semaphore(0)
        self.stepping = threading.Event()
        self.rows: list[int] = []
        self.fail = False

    def encode(self, sources: Sequence[Source], running: CountdownState | None) -> CountdownState:
        fresh = np.array([source.ids[0] for source in sources], dtype=np.int64)
        return CountdownState(fresh if running is None else np.concatenate((running.left, fresh)))

    def __call__(
        self, tokens: NDArray[np.int64], state: CountdownState, k: int, steps: int
    ) -> tuple[list[Candidates], CountdownState]:
        self.stepping.set()
        self.permits.acquire()
        if self.fail:
            raise RuntimeError("the model broke")
        self.rows.append(len(tokens))
        ids = np.where(state.left > 0, state.left + 10, END)[:, np.newaxis]
        return [Candidates(ids, np.full(ids.shape, -0.5, dtype=np.float32))], CountdownState(state.left - 1)


def search() -> GreedySearch:
    return GreedySearch(START, END, 50)


def send(batcher: Batcher[GreedySearch], *lengths: int) -> Future[Sequence[Decoded]]:
    """A request of sentences that become so many subwords."""
    return batcher.submit([Sentence(Source([length]), search()) for length in lengths], lambda decoded: decoded)


def tokens(reply: Future[Sequence[Decoded]]) -> list[tuple[int, ...]]:
    return [decoded.hypotheses[0].tokens for decoded in reply.result(timeout=10)]


@contextmanager
def running(model: Countdown, **limits: int) -> Iterator[Batcher[GreedySearch]]:
    batcher = Batcher(lambda: RunningBatch(model), **limits)
    try:
        yield batcher
    finally:
        model.permits.release(1000)
        batcher.close()


def test_a_short_sentence_that_comes_later_leaves_before_a_long_one() -> None:
    model = Countdown()
    with running(model) as batcher:
        long = send(batcher, 30)
        model.permits.release(3)
        short = send(batcher, 2)
        model.permits.release(10)
        assert tokens(short) == [(12, 11)]
        assert not long.done()
        model.permits.release(1000)
        assert tokens(long) == [tuple(range(40, 10, -1))]


def test_rows_never_exceed_the_limit() -> None:
    model = Countdown()
    model.permits.release(1000)
    with running(model, max_rows=4) as batcher:
        lengths = [len(each) for each in tokens(send(batcher, 3, 7, 1, 5, 2, 6, 4, 8))]
        assert lengths == [3, 7, 1, 5, 2, 6, 4, 8]
        assert max(model.rows) <= 4


def test_a_full_queue_refuses_and_says_so() -> None:
    model = Countdown()
    with running(model, max_rows=1, max_waiting=2) as batcher:
        first = send(batcher, 5)
        assert model.stepping.wait(timeout=10)  # so it is out of the queue
        waiting = [send(batcher, 1) for _ in range(2)]
        with pytest.raises(Overloaded, match="2 sentences are waiting already; try again"):
            send(batcher, 1)
        model.permits.release(1000)
        wait([first, *waiting], timeout=10)


def test_a_request_queues_whole_or_not_at_all() -> None:
    model = Countdown()
    with running(model, max_rows=1, max_waiting=3) as batcher:
        send(batcher, 5)
        assert model.stepping.wait(timeout=10)  # so it is out of the queue
        held = send(batcher, 1, 2)
        with pytest.raises(Overloaded, match="2 sentences are waiting already"):
            send(batcher, 1, 2)
        last = send(batcher, 1)
        model.permits.release(1000)
        assert [len(each) for each in tokens(held) + tokens(last)] == [1, 2, 1]


def test_an_empty_queue_takes_a_request_of_any_size() -> None:
    model = Countdown()
    model.permits.release(1000)
    with running(model, max_waiting=2) as batcher:
        assert [len(each) for each in tokens(send(batcher, 1, 2, 3, 4))] == [1, 2, 3, 4]
        assert tokens(send(batcher)) == []


def test_those_who_wait_for_a_cancelled_request_hear_of_it() -> None:
    model = Countdown()
    with running(model) as batcher:
        reply = send(batcher, 5, 6)
        assert model.stepping.wait(timeout=10)
        reply.cancel()
        model.permits.release(1000)
        assert wait([reply], timeout=10).done
        with pytest.raises(CancelledError):
            reply.result(timeout=0)
        assert tokens(send(batcher, 2)) == [(12, 11)]


def test_an_error_in_the_conversion_is_the_error_of_the_request() -> None:
    model = Countdown()
    model.permits.release(1000)
    with running(model) as batcher:
        broken = batcher.submit([Sentence(Source([1]), search())], lambda decoded: decoded[1])
        assert isinstance(broken.exception(timeout=10), IndexError)
        assert tokens(send(batcher, 2)) == [(12, 11)]


def test_an_abandoned_sentence_holds_no_place_in_the_queue() -> None:
    model = Countdown()
    with running(model, max_rows=1, max_waiting=1) as batcher:
        send(batcher, 5)
        assert model.stepping.wait(timeout=10)  # held in a step: nothing leaves the queue by itself
        send(batcher, 1).cancel()
        kept = send(batcher, 2)
        model.permits.release(1000)
        assert tokens(kept) == [(12, 11)]


def test_a_model_that_fails_fails_its_sentences_and_the_next_ones_succeed() -> None:
    model = Countdown()
    with running(model) as batcher:
        model.fail = True
        broken = send(batcher, 3)
        model.permits.release(1)
        assert isinstance(broken.exception(timeout=10), RuntimeError)
        model.fail = False
        model.permits.release(1000)
        assert tokens(send(batcher, 2)) == [(12, 11)]


def test_closing_finishes_what_was_accepted_and_refuses_more() -> None:
    model = Countdown()
    model.permits.release(1000)
    batcher = Batcher(lambda: RunningBatch(model))
    replies = [send(batcher, 4) for _ in range(10)]
    batcher.close()
    assert all(reply.done() and len(tokens(reply)[0]) == 4 for reply in replies)
    with pytest.raises(Overloaded, match="closing"):
        send(batcher, 1)


def test_a_cancelled_sentence_frees_its_rows_at_the_next_step() -> None:
    batch: RunningBatch[Sentence, CountdownState] = RunningBatch(model := Countdown())
    model.permits.release(1000)
    kept, dropped, later = (Sentence(Source([length]), search()) for length in (4, 9, 2))
    batch.admit([dropped, kept])
    batch.step()
    batch.drop(lambda sentence: sentence is dropped)
    batch.admit([later])
    while batch.sentences:
        batch.step()
    assert model.rows[:2] == [2, 2]
    assert kept.search.hypotheses()[0].tokens == (14, 13, 12, 11)
    assert later.search.hypotheses()[0].tokens == (12, 11)


class Interrupted(RunningBatch[Sentence[GreedySearch], CountdownState]):
    """Counts how often it is asked to end its step."""

    times = 0

    def interrupt(self) -> None:
        self.times += 1


def test_a_running_step_is_interrupted_when_a_sentence_joins_or_leaves() -> None:
    batch = Interrupted(model := Countdown())
    batcher = Batcher(lambda: batch)
    try:
        reply = send(batcher, 30)
        assert batch.times == 1
        reply.cancel()
        assert batch.times == 2
    finally:
        model.permits.release(1000)
        batcher.close()
