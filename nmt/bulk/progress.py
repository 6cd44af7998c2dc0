"""How far a translation is: a bar on a terminal, a line now and then elsewhere, and figures of Ray."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from ray.util.metrics import Counter, Gauge
from rich.console import Console
from rich.status import Status

_EVERY_SECONDS = 30.0
"""Interval between two plain lines."""


@dataclass(slots=True)
class Totals:
    """What is done."""

    lines: int = 0
    words: int = 0
    errors: int = 0
    bytes: int = 0
    """Of the input, as stored."""

    def add(self, lines: int, words: int, errors: int, size: int) -> None:
        """Count something that is done."""
        self.lines += lines
        self.words += words
        self.errors += errors
        self.bytes += size


class Progress:
    """Shows the state of a translation on `console`."""

    def __init__(self, console: Console, size: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`size` is that of the input in bytes."""
        self._console = console
        self._size = size
        self._clock = clock
        self._began = self._said = clock()
        self._first_after: float | None = None
        self.before = Totals()
        """Done by earlier runs."""
        self.now = Totals()
        """Done by this run."""
        self._status: Status | None = console.status("starting") if console.is_interactive else None
        if self._status:
            self._status.start()

    def show(self, workers: int) -> None:
        """Say how far it is, if it is time."""
        if self._status:
            self._status.update(self._sentence(workers))
        elif self._clock() - self._said >= _EVERY_SECONDS:
            self._said = self._clock()
            self._console.print(self._sentence(workers))

    def committed(self) -> None:
        """Note that a shard is written."""
        if self._first_after is None:
            self._first_after = self._clock() - self._began

    def close(self) -> None:
        """Take the bar away."""
        if self._status:
            self._status.stop()

    def summary(self, files: int) -> str:
        """Return what was done."""
        seconds = max(self._clock() - self._began, 1e-9)
        before = f" ({self.before.lines:,} lines were there before)" if self.before.lines else ""
        first = f"; first shard after {self._first_after:.1f} s" if self._first_after is not None else ""
        return (
            f"{_count(files, 'file')}, {_count(self.now.lines + self.before.lines, 'line')}, "
            f"{_count(self.now.errors + self.before.errors, 'error')}{before} in {timedelta(seconds=round(seconds))}: "
            f"{self.now.lines / seconds:,.1f} lines/s, {self.now.words / seconds:,.1f} words/s{first}"
        )

    def _sentence(self, workers: int) -> str:
        seconds = max(self._clock() - self._began, 1e-9)
        done = self.before.bytes + self.now.bytes
        share = done / self._size if self._size else 1.0
        left = ""
        if self.now.bytes:
            remaining = max(self._size - done, 0) * seconds / self.now.bytes
            left = f", {timedelta(seconds=round(remaining))} left"
        waiting = ": waiting for free processors" if not workers else ""
        return (
            f"{share:.1%}, {self.before.lines + self.now.lines:,} lines, {self.now.lines / seconds:,.0f} lines/s, "
            f"{self.now.words / seconds:,.0f} words/s, {_count(self.before.errors + self.now.errors, 'error')}, "
            f"{_count(workers, 'worker')}{waiting}{left}"
        )


class Figures:
    """What the driver tells Ray, which gives it to Prometheus with the prefix `ray_`."""

    def __init__(self) -> None:
        self._lines = Counter("nmt_bulk_lines", "Lines translated")
        self._words = Counter("nmt_bulk_words", "Words of the source translated")
        self._errors = Counter("nmt_bulk_errors", "Lines that could not be translated")
        self._deaths = Counter("nmt_bulk_worker_deaths", "Calls lost with their worker")
        self._workers = Gauge("nmt_bulk_workers", "Workers that translate")

    def done(self, lines: int, words: int, errors: int) -> None:
        """Count a shard."""
        for counter, value in ((self._lines, lines), (self._words, words), (self._errors, errors)):
            if value:
                counter.inc(value)

    def died(self) -> None:
        """Count a call that was lost."""
        self._deaths.inc()

    def workers(self, count: int) -> None:
        """Tell the number of workers."""
        self._workers.set(count)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
