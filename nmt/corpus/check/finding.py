"""Results of the corpus check: one `Finding` for each kind of fault and each use of the pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nmt.corpus.pairs import Origin

Role = Literal["train", "valid", "test"]
"""The use of a pair."""
Severity = Literal["ok", "note", "warning", "serious", "fatal"]
"""`fatal` makes training impossible. `ok` means that the fault was looked for and not found."""

EXAMPLES = 3
"""Maximum number of examples per finding."""
_SHOWN = 300
"""Maximum number of characters of a text in an example."""


@dataclass(frozen=True, slots=True)
class Example:
    """One pair, or the beginning of a longer fault, with its position."""

    file: str
    place: int | str
    """The line number, starting at 1, or the file's name for the unit."""
    source: str
    target: str
    note: str = ""
    """What to look at, if the pair alone does not show it."""

    @classmethod
    def of(cls, origin: Origin, source: str, target: str, note: str = "") -> Example:
        """Build an example; long texts are truncated and marked as such."""
        return cls(str(origin.path), origin.place, _cut(source), _cut(target), note)


@dataclass(frozen=True, slots=True)
class Finding:
    """How often one kind of fault occurs in the pairs of one use, and how it is handled."""

    kind: str
    """A name in `nmt.corpus.check.kinds.KINDS`."""
    role: Role
    severity: Severity
    count: int
    """Number of pairs, unless the kind defines another unit."""
    of: int
    """Number of pairs checked. Smaller than the corpus if only a sample was checked."""
    examples: tuple[Example, ...]
    action: str
    """What training does about it."""
    details: Mapping[str, int | float | str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Share of the checked pairs, 0 to 1."""
        return self.count / self.of if self.of else 0.0


def words_for(place: int | str) -> str:
    """`line 1,200` or `unit welcome`."""
    return f"line {place:,}" if isinstance(place, int) else f"unit {place}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} […]"
