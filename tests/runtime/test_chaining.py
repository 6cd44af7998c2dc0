"""Futures made of futures: results, errors and cancellation pass through."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from nmt.runtime.chaining import done, gathered, then


def pending(count: int) -> list[Future[int]]:
    return [Future() for _ in range(count)]


def test_results_come_in_the_order_of_the_parts() -> None:
    parts = pending(3)
    whole = gathered(parts)
    for index in (2, 0, 1):
        assert not whole.done()
        parts[index].set_result(index)
    assert whole.result(timeout=0) == [0, 1, 2]
    assert gathered([]).result(timeout=0) == []


def test_the_first_error_is_the_error_of_the_whole() -> None:
    parts = pending(3)
    whole = gathered(parts)
    parts[1].set_exception(KeyError("first"))
    parts[0].set_exception(KeyError("second"))
    with pytest.raises(KeyError, match="first"):
        whole.result(timeout=0)


def test_cancelling_the_whole_cancels_what_is_not_done() -> None:
    parts = pending(2)
    parts[0].set_result(1)
    whole = gathered(parts)
    assert whole.cancel()
    assert parts[1].cancelled()


def test_an_error_in_the_conversion_is_the_error_of_the_result() -> None:
    assert then(done(2), lambda value: value + 1).result(timeout=0) == 3
    with pytest.raises(ZeroDivisionError):
        then(done(0), lambda value: 1 // value).result(timeout=0)
