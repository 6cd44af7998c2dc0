"""Texts as the memory compares them: in pieces of up to three letters.

An ending is one piece of a word, so it counts less than another word. A sign is a piece, and so is each character of a
script that does not part words. A number or placeholder is one piece, whichever it is: a match gets that of the text
(`substitution`). Neither case nor white space counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from nmt.characters import plain

_LETTERS = 3
"""Letters of a piece. Of 2, 3 and 4, the fewest whose index of a million units needs no more than 5,000 rows a text."""
_UNPARTED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff"
_PLACEABLE = r"""
      (?P<number>\d+(?:[.,:/]\d+)*)
    | (?P<placeholder>
        \{\{[^{}]{0,60}\}\} | [$%]?\{[^{}\s]{0,60}\}
      | %(?:\d{1,2}\$|\(\w{1,60}\))?[-+\#0]{0,3}\d{0,3}(?:\.\d{1,3})?(?:hh?|ll?|[jqtz])?[@cdefgisuxX](?![^\W\d_])
      )
"""
PLACEABLE = re.compile(_PLACEABLE, re.VERBOSE)
"""A number, or a placeholder such as `{name}`, `{{name}}`, `${name}`, `%s` and `%(name)s`."""
_PIECE = re.compile(
    rf"""{_PLACEABLE}
    | [{_UNPARTED}]
    | [^\W\d_{_UNPARTED}]+(?:['\u2019][^\W\d_{_UNPARTED}]+)*
    | [^\w\s] | _
    | \w  # the rest, such as numbers that are no digits
    """,
    re.VERBOSE,
)
_NUMBER, _PLACEHOLDER = "\1n", "\1p"
"""Stand for any number and any placeholder; no text has the like as a piece."""
_INSIDE = "\2"
"""Before a piece that does not begin its word: the `ing` of `going` is not the `ing` of `ingot`."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text in pieces."""

    masked: tuple[str, ...]
    """With one piece for all numbers and one for all placeholders."""
    placeables: tuple[str, ...]
    """The numbers and placeholders in their order, as written."""

    @classmethod
    def of(cls, text: str) -> Self:
        """Return the pieces of `text`."""
        masked: list[str] = []
        placeables: list[str] = []
        for match in _PIECE.finditer(plain(text)):
            if match.lastgroup:
                placeables.append(match[0])
                masked.append(_NUMBER if match.lastgroup == "number" else _PLACEHOLDER)
            else:
                masked += _pieces_of_word(match[0].casefold())
        return cls(tuple(masked), tuple(placeables))

    @property
    def spelled(self) -> list[str]:
        """The pieces with the numbers and placeholders as written."""
        written = iter(self.placeables)
        return [next(written) if piece in (_NUMBER, _PLACEHOLDER) else piece for piece in self.masked]


def _pieces_of_word(word: str) -> list[str]:
    inside = (_INSIDE + word[start : start + _LETTERS] for start in range(_LETTERS, len(word), _LETTERS))
    return [word[:_LETTERS], *inside]
