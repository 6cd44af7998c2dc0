"""Numbers and placeholders of a text put into the translation of a similar text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from nmt.memory.pieces import PLACEABLE

_NO_DIGIT = re.compile(r"\D")


def adapted(new: Sequence[str], old: Sequence[str], target: str) -> str | None:
    """Return `target`, the translation of a text with the numbers and placeholders `old`, with `new` in their places.

    Each of `new` takes the place of that of `old` with the same index. None if it cannot be told where they belong or
    how they are written: their count differs, the translation has others than its source (four for 4), or a comma or
    point is new and the translation does not show what becomes of it.
    """
    if list(new) == list(old):
        return target
    if len(new) != len(old):
        return None
    found = list(PLACEABLE.finditer(target))
    if Counter(map(_value, old)) != Counter(_value(match[0]) for match in found):
        return None
    replacements: dict[str, tuple[str, str]] = {}
    for before, after in zip(old, new, strict=True):
        known = replacements.setdefault(_value(before), (before, after))
        if known[1] != after or before[0].isdecimal() != after[0].isdecimal():
            return None
    written, start = "", 0
    for match in found:
        form = _in_form(*replacements[_value(match[0])], match[0])
        if form is None:
            return None
        written += target[start : match.start()] + form
        start = match.end()
    return written + target[start:]


def _value(placeable: str) -> str:
    """Return what a number and its translation have in common: 3.5 and 3,5 have their digits."""
    return _NO_DIGIT.sub("", placeable) if placeable[0].isdecimal() else placeable


def _in_form(before: str, after: str, translation: str) -> str | None:
    """Return the number `after` with the points and commas that `before` has in `translation`. None if it has others.

    A placeholder is returned as it is.
    """
    if not after[0].isdecimal():
        return after
    marks = {}
    if [*map(str.isdecimal, before)] == [*map(str.isdecimal, translation)]:
        marks = {one: other for one, other in zip(before, translation, strict=True) if not one.isdecimal()}
    known = {character: character for character in after if character.isdecimal()} | marks
    return "".join(known[character] for character in after) if known.keys() >= set(after) else None
