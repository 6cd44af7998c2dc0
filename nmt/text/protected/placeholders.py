"""Numeric stand-ins for parts that a model cannot copy. It has seen many numbers and copies them digit by digit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from nmt.text.protected.parts import Part, with_targets
from nmt.text.protected.spans import split_at_spans

_STAND_INS = (31, 47, 58, 62, 73, 89, 94, 26, 53, 68, 71, 85)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with a number in place of each settled part."""

    text: str
    targets: dict[str, str]
    """Maps each number to what it stands for."""

    @classmethod
    def of(cls, text: str, parts: Sequence[Part]) -> Self:
        """Return `text` with stand-ins for its `parts`. If there are more parts than stand-ins, the last parts stay."""
        free = [str(number) for number in _STAND_INS if str(number) not in text]
        masked = [replace(part, target=number) for part, number in zip(parts, free, strict=False)]
        targets = {number: part.target for part, number in zip(parts, free, strict=False)}
        return cls(with_targets(text, masked), targets)

    def restored(self, text: str) -> str | None:
        """Return `text` with numbers replaced by their targets. None if a number is missing or occurs twice."""
        pieces = split_at_spans(text)
        protected = pieces[1::2]
        if any(protected.count(number) != 1 for number in self.targets):
            return None
        pieces[1::2] = [self.targets.get(piece, piece) for piece in protected]
        return "".join(pieces)
