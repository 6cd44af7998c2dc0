"""Which plural form of a language is the singular and which the plural: the header Plural-Forms of a catalogue."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from gettext import c2py

_HEADER = re.compile(r"nplurals\s*=\s*(\d{1,3})\s*;\s*plural\s*=\s*([^;]+)")
_COUNTED = 1000
"""The numbers 0 to 1,000 are tried, as `msgfmt --check` does: no language looks at more than the last three digits."""


@dataclass(frozen=True, slots=True)
class PluralForms:
    """The forms of a language that has `count` of them. The forms `one` and `most` are those of an English entry."""

    count: int
    one: int
    """The form of n = 1, for the singular."""
    most: int
    """The form that the most numbers take, for the plural. With a single form, the same as `one`."""
    is_only_one: bool
    """Whether no other number than 1 takes the form `one`. Otherwise it also stands for 21, 101 or 0."""

    @classmethod
    def parse(cls, header: str) -> PluralForms | None:
        """Read the value of a header Plural-Forms. None if there is none, or it cannot be evaluated."""
        match = _HEADER.search(header)
        if match is None:
            return None
        try:
            form = c2py(match[2].strip())
            forms = [form(number) for number in range(_COUNTED + 1)]
        except (ValueError, ArithmeticError, RecursionError):
            return None
        count, uses = int(match[1]), Counter(forms)
        if not all(0 <= form < count for form in uses) or (count > 1 and len(uses) == 1):  # a template's, not filled in
            return None
        return cls(count, forms[1], uses.most_common(1)[0][0], uses[forms[1]] == 1)

    @classmethod
    def by_place(cls, forms: Sequence[int]) -> PluralForms:
        """Return what the `forms` of an entry without a usable header suggest: the singular first, the plural last."""
        last = max(forms, default=0)
        return cls(last + 1, 0, last, True)
