"""Count one kind of fault, keep the first examples, and describe how training handles it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from nmt.corpus.check.chunks import Chunk
from nmt.corpus.check.finding import EXAMPLES, Example, Finding, Role
from nmt.corpus.check.kinds import KINDS

Note = Callable[[Chunk, int], str]


@dataclass(slots=True)
class Tally:
    """Running count of one kind of fault in the pairs of one use."""

    kind: str
    count: int = 0
    of: int = 0
    left_out: int = 0
    """Number of the counted pairs that training does not use."""
    examples: list[Example] = field(default_factory=list)

    def add(self, chunk: Chunk, indices: Sequence[int], note: Note | None = None) -> None:
        """Count the pairs of `chunk` at `indices` as having the fault."""
        self.of += len(chunk)
        self.count += len(indices)
        self.left_out += int(chunk.left_out[list(indices)].sum())
        for index in indices[: EXAMPLES - len(self.examples)]:
            self.examples.append(chunk.example(index, note(chunk, index) if note else ""))

    def finding(self, role: Role, details: Mapping[str, int | float | str] | None = None) -> Finding:
        """Return the finding. Call it after all pairs have been added."""
        return Finding(
            self.kind,
            role,
            KINDS[self.kind].severity(self.count, self.of),
            self.count,
            self.of,
            tuple(self.examples),
            action_on(role, self.count, self.left_out),
            details or {},
        )


def action_on(role: Role, count: int, left_out: int) -> str:
    """Describe what training does with `count` pairs of which cleaning removes `left_out`."""
    if not count:
        return "nothing to do"
    if role == "test":
        return "kept: test pairs are used as they are"
    used = "trained on" if role == "train" else "used for validation"
    if left_out == count:
        return "left out"
    return f"{left_out:,} left out, {count - left_out:,} kept and {used}" if left_out else f"kept and {used}"
