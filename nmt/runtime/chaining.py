"""A future whose result is computed from another's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def done(value: B) -> Future[B]:
    """A future that already has its result."""
    future: Future[B] = Future()
    future.set_result(value)
    return future


def then(first: Future[A], convert: Callable[[A], B]) -> Future[B]:
    """`convert` applied to the result of `first`, in the thread that brings it.

    An error of either is the error of the new future; cancelling the new one cancels `first`.
    """
    second: Future[B] = Future()

    def finish(finished: Future[A]) -> None:
        if finished.cancelled() or not second.set_running_or_notify_cancel():
            return
        error = finished.exception()
        if error is not None:
            second.set_exception(error)
            return
        try:
            second.set_result(convert(finished.result()))
        except Exception as failure:  # it belongs to whoever waits for the result
            second.set_exception(failure)

    def forward_cancel(finished: Future[B]) -> None:
        if finished.cancelled():
            first.cancel()

    second.add_done_callback(forward_cancel)
    first.add_done_callback(finish)
    return second
