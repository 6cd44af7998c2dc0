"""Futures whose results are computed from others'."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
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


def gathered(parts: Sequence[Future[A]]) -> Future[list[A]]:
    """The results of all `parts` in their order, or the first error; cancelling it cancels the parts."""
    if not parts:
        return done([])
    whole: Future[list[A]] = Future()
    lock = threading.Lock()
    missing, settled = len(parts), False

    def finish(part: Future[A]) -> None:
        nonlocal missing, settled
        error = CancelledError() if part.cancelled() else part.exception()
        with lock:
            missing -= 1
            if settled or (error is None and missing):
                return
            settled = True
        if not whole.set_running_or_notify_cancel():
            return
        if error is None:
            whole.set_result([each.result() for each in parts])
        else:
            whole.set_exception(error)

    def forward_cancel(finished: Future[list[A]]) -> None:
        if finished.cancelled():
            for part in parts:
                part.cancel()

    whole.add_done_callback(forward_cancel)
    for part in parts:
        part.add_done_callback(finish)
    return whole
