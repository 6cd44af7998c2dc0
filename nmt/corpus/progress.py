"""Report the progress of a pass over a corpus: next to a spinner on a terminal, as one line per minute elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

_T = TypeVar("_T")

_PAIRS = 1_000
"""Pairs between two checks of the clock: a second or two in the slowest pass."""
_EVERY_SECONDS = 60.0
"""Interval between two plain lines, as during training."""


class ProgressCounter(Protocol):
    """Counts the pairs that pass through it, and shows the count."""

    def __call__(self, pairs: Iterable[_T], /) -> Iterator[_T]:
        """Yield `pairs` unchanged. The counts of several calls in one pass add up."""


class CorpusProgress:
    """Shows the current pass on `console`, if there is one."""

    def __init__(self, console: Console | None = None, clock: Callable[[], float] = monotonic) -> None:
        self._console = console
        self._clock = clock

    @contextmanager
    def doing(self, what: str) -> Iterator[ProgressCounter]:
        """Show `what` until the end of the block, with the count of pairs that pass through the yielded object."""
        if self._console is None:
            yield iter
        elif self._console.is_interactive:
            with self._console.status(what) as status:
                yield _Counter(lambda count: status.update(f"{what}: {count:,} pairs read"))
        else:
            yield _Counter(self._lines(what, self._console))

    def _lines(self, what: str, console: Console) -> Callable[[int], None]:
        said = self._clock()

        def say(count: int) -> None:
            nonlocal said
            now = self._clock()
            if now - said >= _EVERY_SECONDS:
                said = now
                console.print(f"{what}: {count:,} pairs read so far")

        return say


SILENT = CorpusProgress()
"""Shows nothing."""


class _Counter:
    def __init__(self, show: Callable[[int], None]) -> None:
        self._show = show
        self._count = 0

    def __call__(self, pairs: Iterable[_T], /) -> Iterator[_T]:
        for pair in pairs:
            yield pair
            self._count += 1
            if self._count % _PAIRS == 0:
                self._show(self._count)
