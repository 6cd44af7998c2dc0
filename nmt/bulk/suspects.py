"""Find the lines of a piece that kill the process that translates them."""

from __future__ import annotations

from dataclasses import dataclass, field

DEATHS = 3
"""Times that workers die over a piece before its lines are suspected: machines are lost for other reasons too."""
_LAST_DEATHS = 2
"""Times that they die over a single line before it is left out."""


@dataclass(slots=True)
class Suspect:
    """A piece over which workers have died, in halves: those that do no harm are acquitted."""

    lines: int
    harmful: set[int] = field(default_factory=set)
    """Lines that are left out, by the number of lines before them."""
    _waiting: list[tuple[int, int]] = field(default_factory=list)
    _deaths: int = 0

    def __post_init__(self) -> None:
        self._waiting = [(0, self.lines)]

    def next_range(self) -> tuple[int, int] | None:
        """Return the lines to try next, from the first to before the second number. None if all are known."""
        return self._waiting[-1] if self._waiting else None

    def survived(self) -> None:
        """The worker lived through the lines of `next_range`."""
        self._waiting.pop()
        self._deaths = 0

    def died(self) -> None:
        """The worker died over the lines of `next_range`."""
        start, stop = self._waiting[-1]
        if stop - start > 1:
            middle = (start + stop) // 2
            self._waiting[-1:] = [(middle, stop), (start, middle)]
            return
        self._deaths += 1
        if self._deaths == _LAST_DEATHS:
            self.harmful.add(start)
            self.survived()
