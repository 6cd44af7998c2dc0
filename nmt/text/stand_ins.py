"""Numbers in place of what a model cannot copy: it has seen many numbers, and hands them on digit by digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from nmt.text.spans import split_at_spans

_STAND_INS = (31, 47, 58, 62, 73, 89, 94, 26, 53, 68, 71, 85)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with a number in place of each protected part."""

    text: str
    parts: dict[str, str]
    """Each number and what it stands for."""

    @classmethod
    def of(cls, text: str) -> Self:
        """`text` with stand-ins; where there are more parts than stand-ins, the last ones stay."""
        parts = split_at_spans(text)
        free = (str(number) for number in _STAND_INS if str(number) not in text)
        used: dict[str, str] = {}
        for index, number in zip(range(1, len(parts), 2), free, strict=False):
            used[number] = parts[index]
            parts[index] = number
        return cls("".join(parts), used)

    def restored(self, text: str) -> str | None:
        """`text` with the parts in place of their numbers; None if a number is missing or there twice."""
        parts = split_at_spans(text)
        protected = parts[1::2]
        if any(protected.count(number) != 1 for number in self.parts):
            return None
        parts[1::2] = [self.parts.get(part, part) for part in protected]
        return "".join(parts)
