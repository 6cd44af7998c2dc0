"""Numbers in place of what a model cannot copy: it has seen many numbers, and hands them on digit by digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from nmt.text.protected.parts import Part, with_targets
from nmt.text.protected.spans import split_at_spans

_STAND_INS = (31, 47, 58, 62, 73, 89, 94, 26, 53, 68, 71, 85)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with a number in place of each part that is settled."""

    text: str
    targets: dict[str, str]
    """Each number and what it stands for."""

    @classmethod
    def of(cls, text: str, parts: Sequence[Part]) -> Self:
        """`text` with stand-ins for its `parts`; where there are more than stand-ins, the last ones stay."""
        free = [str(number) for number in _STAND_INS if str(number) not in text]
        masked = [replace(part, target=number) for part, number in zip(parts, free, strict=False)]
        targets = {number: part.target for part, number in zip(parts, free, strict=False)}
        return cls(with_targets(text, masked), targets)

    def restored(self, text: str) -> str | None:
        """`text` with the targets in place of their numbers; None if a number is missing or there twice."""
        pieces = split_at_spans(text)
        protected = pieces[1::2]
        if any(protected.count(number) != 1 for number in self.targets):
            return None
        pieces[1::2] = [self.targets.get(piece, piece) for piece in protected]
        return "".join(pieces)
