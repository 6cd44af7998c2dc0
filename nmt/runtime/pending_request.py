"""What a caller waits for: the results of the sentences it sent together."""

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
    """A sentence's translations and how long they took."""

    hypotheses: list[Hypothesis]
    """Best first."""
    queued_seconds: float
    decoding_seconds: float


class Request(Generic[ResultT]):
    """Sentences that share a future; safe to use from several decoding threads."""

    def __init__(
        self, count: int, convert: Callable[[Sequence[Decoded]], ResultT], deadline: float | None = None
    ) -> None:
        """`count` sentences, whose results `convert` makes the future's; `deadline` on the monotonic clock."""
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
        """The result of a sentence; the last one is followed by the future's."""
        with self._lock:
            self._results[number] = decoded
            is_last = len(self._results) == self._count
        if is_last:
            self._finish()

    def fail(self, error: Exception) -> None:
        """Answer with `error`, unless there is an answer already."""
        if self._settle():
            self.reply.set_exception(error)

    def is_over(self, now: float) -> bool:
        """Whether nobody waits for its sentences any more; a missed deadline is answered here."""
        if self.reply.cancelled():
            self._settle()  # tells those who wait for it
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
        except Exception as error:  # it belongs to whoever waits for the result
            self.reply.set_exception(error)

    def _settle(self) -> bool:
        """Whether the caller may now answer: nobody has, and the future is not cancelled."""
        with self._lock:
            if self._is_settled:
                return False
            self._is_settled = True
        return self.reply.set_running_or_notify_cancel()
