"""Text as a model sees it: without invisible characters, with plain spaces and composed letters.

The same rules hold for the pairs of a training and for the texts to translate.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

_JOINED = "\u0600-\u08ff\u0900-\u109f\u1780-\u18af\ua840-\uabff"
"""Scripts that spell with joiners: Arabic and its neighbours, those of India and South-East Asia, Mongolian."""
_PICTURES = "\u00a9\u00ae\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f"
"""Emoji, their selectors and tags, which joiners make one picture of."""
_INVISIBLE = (
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
    f"|(?<![{_JOINED}])\u200c|(?<![{_JOINED}{_PICTURES}])\u200d|(?<![{_PICTURES}#*0-9])[\ufe00-\ufe0f]"
)
"""Soft hyphens, zero-width spaces, marks of direction, byte order marks, and joiners that join nothing."""
SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
"""Spaces of other widths, and those that do not break, for the inside of a pattern's brackets."""
UNUSUAL = rf"(?P<invisible>(?:{_INVISIBLE})+)|(?P<space>[{SPACES}])|(?s:.)[\u0300-\u036f]+"
"""Pattern of what a model does not see as it is written."""
_UNUSUAL = re.compile(UNUSUAL)


def shown(match: re.Match[str]) -> str:
    """Return what a model sees for a match of `UNUSUAL`."""
    if match["invisible"]:
        return ""
    return " " if match["space"] else unicodedata.normalize("NFC", match[0])


def plain(text: str) -> str:
    """Return `text` without invisible characters, with plain spaces and composed letters."""
    return text if text.isascii() else _UNUSUAL.sub(shown, text)


def has_invisible(text: str) -> bool:
    """Whether `text` has characters that no reader sees and that a model would take for letters."""
    return not text.isascii() and any(match["invisible"] for match in _UNUSUAL.finditer(text))


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text in which some characters were replaced, and where the others come from."""

    text: str
    original: str
    _places: tuple[tuple[int, int], ...] | None = None
    """Start and end in `original` of each character, or None if nothing was replaced."""

    @classmethod
    def of(cls, original: str, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> Self:
        """Return `original` with each match of `pattern` replaced."""
        written: list[str] = []
        places: list[tuple[int, int]] = []
        position = 0
        for match in pattern.finditer(original):
            new = replace(match)
            written += [original[position : match.start()], new]
            places += [(place, place + 1) for place in range(position, match.start())] + [match.span()] * len(new)
            position = match.end()
        if not position:
            return cls(original, original)
        places += [(place, place + 1) for place in range(position, len(original))]
        return cls("".join([*written, original[position:]]), original, tuple(places))

    def source_of(self, start: int, end: int) -> str:
        """Return what the characters from `start` to `end` were, without what was left out beside them."""
        if self._places is None or start >= end:
            return self.text[start:end]
        return self.original[self._places[start][0] : self._places[end - 1][1]]
