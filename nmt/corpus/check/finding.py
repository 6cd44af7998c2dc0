"""What the check of a corpus found: one `Finding` for each kind of fault and each use of the pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nmt.corpus.pairs import Origin

Role = Literal["train", "valid", "test"]
"""What pairs are for."""
Severity = Literal["ok", "note", "warning", "serious", "fatal"]
"""`fatal` makes training impossible; `ok` was looked for and not found."""

EXAMPLES = 3
"""Most examples a finding has."""
_SHOWN = 300
"""Characters of a text that an example shows."""


@dataclass(frozen=True, slots=True)
class Example:
    """One pair, or the beginning of a longer fault, with its place."""

    file: str
    place: int | str
    """A line counted from 1, or what the file calls the unit."""
    source: str
    target: str
    note: str = ""
    """What to look at, where the pair alone does not show it."""

    @classmethod
    def of(cls, origin: Origin, source: str, target: str, note: str = "") -> Example:
        """The same, with long texts cut and said to be so."""
        return cls(str(origin.path), origin.place, _cut(source), _cut(target), note)


@dataclass(frozen=True, slots=True)
class Finding:
    """How often one kind of fault is in the pairs of one use, and what was done about it."""

    kind: str
    """A name in `nmt.corpus.check.kinds.KINDS`."""
    role: Role
    severity: Severity
    count: int
    """Pairs, unless the kind says otherwise."""
    of: int
    """Pairs looked at; fewer than there are where a sample was taken."""
    examples: tuple[Example, ...]
    action: str
    """What training does about it."""
    details: Mapping[str, int | float | str] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Of the pairs looked at, 0 to 1."""
        return self.count / self.of if self.of else 0.0


def words_for(place: int | str) -> str:
    """`line 1,200` or `unit welcome`."""
    return f"line {place:,}" if isinstance(place, int) else f"unit {place}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} […]"
