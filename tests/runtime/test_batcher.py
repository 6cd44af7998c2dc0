"""The queue on a model that can be held still: joining, leaving, refusing, failing, closing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from nmt.decoding import Candidates, GreedySearch
from nmt.errors import Overloaded
from nmt.runtime.batcher import Batcher
from nmt.runtime.running import RunningBatch, Sentence, Source

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


@contextmanager
def running(model: Countdown, **limits: int) -> Iterator[Batcher]:
    batcher = Batcher(model, **limits)
    try:
        yield batcher
    finally:
        model.permits.release(1000)
        batcher.close()


def test_a_short_sentence_that_comes_later_leaves_before_a_long_one() -> None:
    model = Countdown()
    with running(model) as batcher:
        long = batcher.submit(Source([30]), search(), 1)
        model.permits.release(3)
        short = batcher.submit(Source([2]), search(), 1)
        model.permits.release(10)
        assert short.result(timeout=10).hypotheses[0].tokens == (12, 11)
        assert not long.done()
        model.permits.release(1000)
        assert long.result(timeout=10).hypotheses[0].tokens == tuple(range(40, 10, -1))


def test_rows_never_exceed_the_limit() -> None:
    model = Countdown()
    model.permits.release(1000)
    with running(model, max_rows=4) as batcher:
        replies = [batcher.submit(Source([length]), search(), 1) for length in (3, 7, 1, 5, 2, 6, 4, 8)]
        wait(replies, timeout=10)
        assert max(model.rows) <= 4
        assert [len(reply.result().hypotheses[0].tokens) for reply in replies] == [3, 7, 1, 5, 2, 6, 4, 8]


def test_a_full_queue_refuses_and_says_so() -> None:
    model = Countdown()
    with running(model, max_rows=1, max_waiting=2) as batcher:
        first = batcher.submit(Source([5]), search(), 1)
        assert model.stepping.wait(timeout=10)  # so it is out of the queue
        waiting = [batcher.submit(Source([1]), search(), 1) for _ in range(2)]
        with pytest.raises(Overloaded, match="2 sentences are waiting already; try again"):
            batcher.submit(Source([1]), search(), 1)
        model.permits.release(1000)
        wait([first, *waiting], timeout=10)


def test_an_abandoned_sentence_holds_no_place_in_the_queue() -> None:
    model = Countdown()
    with running(model, max_rows=1, max_waiting=1) as batcher:
        batcher.submit(Source([5]), search(), 1)
        assert model.stepping.wait(timeout=10)  # held in a step: nothing leaves the queue by itself
        batcher.submit(Source([1]), search(), 1).cancel()
        kept = batcher.submit(Source([2]), search(), 1)
        model.permits.release(1000)
        assert kept.result(timeout=10).hypotheses[0].tokens == (12, 11)


def test_a_model_that_fails_fails_its_sentences_and_the_next_ones_succeed() -> None:
    model = Countdown()
    with running(model) as batcher:
        model.fail = True
        broken = batcher.submit(Source([3]), search(), 1)
        model.permits.release(1)
        assert isinstance(broken.exception(timeout=10), RuntimeError)
        model.fail = False
        model.permits.release(1000)
        assert batcher.submit(Source([2]), search(), 1).result(timeout=10).hypotheses[0].tokens == (12, 11)


def test_closing_finishes_what_was_accepted_and_refuses_more() -> None:
    model = Countdown()
    model.permits.release(1000)
    batcher = Batcher(model)
    replies = [batcher.submit(Source([4]), search(), 1) for _ in range(10)]
    batcher.close()
    assert all(len(reply.result(timeout=0).hypotheses[0].tokens) == 4 for reply in replies)
    with pytest.raises(Overloaded, match="shutting down"):
        batcher.submit(Source([1]), search(), 1)


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
