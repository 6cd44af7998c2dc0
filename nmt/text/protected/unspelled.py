"""What a model cannot spell: letters of scripts that it never saw, and signs that its training text did not have."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from nmt.text.protected.parts import WIDE, Part

_WIDE = rf"{WIDE}\u3000-\u303f\uff01-\uffef\U00020000-\U0003ffff"
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u109f\u1780-\u17d3"
)
"""What stands on or beside letters and is none itself: accents, points, and the vowels of India."""
_WORD = (
    rf"[{_WIDE}]+|[^\W\d_{_WIDE}](?:[^\W_{_WIDE}]|[{_MARKS}\u200c\u200d]|['\u2019-](?=[^\W\d_{_WIDE}]))*|[^\x00-\x7f]"
)
"""A word with marks and hyphens. In scripts without spaces between words, as many characters as stand together."""
_BETWEEN = re.compile(r"[^\w\n]{0,3}")
"""What may stand between two words of a foreign phrase."""


def unspelled_parts(text: str, spells: Callable[[str], bool], others: Sequence[Part] = ()) -> list[Part]:
    """Return the words and signs of `text` with characters that the model does not spell, neighbours as one part.

    ASCII characters are left to the model, and so is what is settled by `others`, the parts found before.
    """
    if text.isascii():
        return []
    found: list[Part] = []
    taken = {place for other in others for place in range(other.start, other.end)}
    for match in re.finditer(_WORD, text):
        if match[0].isascii():
            continue
        for start, end in _unknown(match, spells):
            if not taken.isdisjoint(range(start, end)):
                continue
            before = found[-1].end if found else -1
            if found and _BETWEEN.fullmatch(text, before, start) and taken.isdisjoint(range(before, start)):
                start = found.pop().start
            found.append(Part(start, end, text[start:end], is_unspelled=True))
    return found


def _unknown(match: re.Match[str], spells: Callable[[str], bool]) -> list[tuple[int, int]]:
    """Return what of a word is not spelled: the whole word, or some of the characters of a script without spaces."""
    unknown = [not character.isascii() and not spells(character) for character in match[0]]
    if not any(unknown):
        return []
    if not re.match(rf"[{_WIDE}]", match[0]):
        return [match.span()]
    return [
        (match.start() + place, match.start() + place + 1) for place, is_unknown in enumerate(unknown) if is_unknown
    ]
