"""Stand-ins for parts that a model cannot copy: numbers, which it copies digit by digit, and names that it knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from nmt.text.protected.parts import Part, names_pattern, with_targets

_NUMBERS = (31, 47, 58, 62, 73, 89, 94, 26, 53, 68, 71, 85)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with a stand-in for each of its parts."""

    text: str
    numbers: dict[str, str]
    """Maps each number to what it stands for."""
    names: dict[str, str]
    """The same for names."""

    @classmethod
    def of(cls, text: str, parts: Sequence[Part], names: Sequence[str] = ()) -> Self:
        """Return `text` with stand-ins for its `parts`: one of `names` for a name, else a number.

        If there are more parts than stand-ins, the last parts stay.
        """
        free_numbers = iter([str(number) for number in _NUMBERS if str(number) not in text])
        free_names = iter([name for name in names if name.casefold() not in text.casefold()])
        masked: list[Part] = []
        stood_for: tuple[dict[str, str], dict[str, str]] = {}, {}  # by number, by name
        for part in parts:
            name = next(free_names, None) if part.is_name or part.is_unspelled else None
            stand_in = name or next(free_numbers, None)
            if stand_in is None:
                break
            stood_for[name is not None][stand_in] = part.target
            masked.append(replace(part, target=stand_in))
        return cls(with_targets(text, masked), *stood_for)

    def restored(self, text: str) -> str | None:
        """Return `text` with its stand-ins replaced by their targets. None if one is missing or occurs twice."""
        if self.numbers:
            either = "|".join(self.numbers)
            numbers = re.compile(rf"(?<![\w.,:/'-])(?:{either})(?![^\W_]|[.,:/'-]\d)")
            # One that is glued to a letter or another number is no stand-in, and may not stay either.
            if not sorted(numbers.findall(text)) == sorted(re.findall(either, text)) == sorted(self.numbers):
                return None
            text = numbers.sub(lambda match: self.numbers[match[0]], text)
        if not self.names:
            return text
        pattern = names_pattern(self.names)
        if sorted(pattern.findall(text)) != sorted(self.names):
            return None
        return pattern.sub(lambda match: self.names[match[0]], text)
