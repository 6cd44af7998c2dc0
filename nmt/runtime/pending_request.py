"""The pending results of the sentences that a caller sent together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from nmt.decoding import Hypothesis
from nmt.errors import DeadlineExceeded

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Translations of a sentence and the time they took."""

    hypotheses: list[Hypothesis]
    """Best first."""
    queued_seconds: float
    decoding_seconds: float


class Request(Generic[ResultT]):
    """Sentences that share a future. Safe to use from several decoding threads."""

    def __init__(
        self, count: int, convert: Callable[[Sequence[Decoded]], ResultT], deadline: float | None = None
    ) -> None:
        """`count` is the number of sentences. `convert` turns their results into the future's. `deadline` is on the
        monotonic clock."""
        self.reply: Future[ResultT] = Future()
        self.queued_at = time.monotonic()
        self._convert = convert
        self._deadline = deadline
        self._lock = threading.Lock()
        self._is_settled = False
        self._results: dict[int, Decoded] = {}
        self._count = count
        if not count:
            self._finish()

    def deliver(self, number: int, decoded: Decoded) -> None:
        """Store the result of a sentence. The last one completes the future."""
        with self._lock:
            self._results[number] = decoded
            is_last = len(self._results) == self._count
        if is_last:
            self._finish()

    def fail(self, error: Exception) -> None:
        """Fail the future with `error`, unless it is already answered."""
        if self._settle():
            self.reply.set_exception(error)

    def is_over(self, now: float) -> bool:
        """Whether nobody waits for the sentences any more. Answers a missed deadline."""
        if self.reply.cancelled():
            self._settle()  # notifies the waiters
            return True
        if self._deadline is not None and now > self._deadline:
            waited = now - self.queued_at
            self.fail(DeadlineExceeded(f"no translation within {waited:.1f} s; send less at a time or try again later"))
        return self._is_settled

    def _finish(self) -> None:
        if not self._settle():
            return
        try:
            self.reply.set_result(self._convert([self._results[number] for number in range(self._count)]))
        except Exception as error:  # the error belongs to whoever waits for the result
            self.reply.set_exception(error)

    def _settle(self) -> bool:
        """Whether the caller may answer now: the future is neither answered nor cancelled."""
        with self._lock:
            if self._is_settled:
                return False
            self._is_settled = True
        return self.reply.set_running_or_notify_cancel()
