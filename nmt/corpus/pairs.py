"""What every reader gives: a sentence pair and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Origin(NamedTuple):
    """Where a pair was read: `pairs.tsv line 12`, `memory.tmx unit welcome`."""

    path: Path
    place: int | str
    """A line counted from 1, or what the file calls the unit."""

    def __str__(self) -> str:
        kind = "line" if isinstance(self.place, int) else "unit"
        return f"{self.path} {kind} {self.place}"


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A source sentence and its translation. Pairs with the same texts are equal, wherever they stand."""

    source: str
    target: str
    origin: Origin | None = field(default=None, compare=False, repr=False)
