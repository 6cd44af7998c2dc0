"""The output of every reader: a sentence pair and its origin."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Origin(NamedTuple):
    """The position a pair was read from: `pairs.tsv line 12`, `memory.tmx unit welcome`."""

    path: Path
    place: int | str
    """The line number, starting at 1, or the file's name for the unit."""

    def __str__(self) -> str:
        kind = "line" if isinstance(self.place, int) else "unit"
        return f"{self.path} {kind} {self.place}"


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A source sentence and its translation. Pairs with the same texts are equal, regardless of their origin."""

    source: str
    target: str
    origin: Origin | None = field(default=None, compare=False, repr=False)
