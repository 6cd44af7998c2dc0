"""Detection of loops, in which a decoder repeats itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_ROUNDS = 3
"""Minimum number of rounds in a loop."""


class _Units(NamedTuple):
    """The units in which loops are counted."""

    longest: int
    """Maximum number of units in a round."""
    least: int
    """Minimum number of units in a loop."""
    needed: re.Pattern[str]
    """Pattern that one of the units in a round must match."""


_WORDS = _Units(longest=8, least=6, needed=re.compile(""))
"""A shorter loop of words may be intended: `very very good`, `ha ha ha`."""
_UNSPACED = re.compile(
    "[\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecf\u0f40-\u0fbc\u1000-\u103f\u1050-\u108f\u1780-\u17d3"
    "\u3041-\u30fa\u3400-\u9fff\uff66-\uff9f\U00020000-\U0003ffff]"
)
"""A letter of a script without spaces between words: Thai, Lao, Tibetan, Burmese, Khmer, Kana or Han."""
_CHARACTERS = _Units(longest=40, least=30, needed=_UNSPACED)
"""Eight words of Thai or Khmer have about 40 characters. A loop of fewer than 30 may be intended, as in laughter, cries
and thanks. Of 122,000 messages of Debian 12 in Chinese, Japanese, Thai, Khmer, Burmese and Lao, none has a loop of 10.
A row of digits, dots or dashes is not a loop."""


def without_repetitions(text: str) -> str | None:
    """Return `text` with one round of each loop, or None if it has no loop.

    A loop is a run of up to 8 words that occurs at least three times in a row and makes up at least 6 words. The last
    round may be cut short. In a script without spaces between words, it is a run of up to 40 characters that makes up
    at least 30.
    """
    words = text.split(" ")
    repeats = len(set(words)) < len(words)
    shorter = " ".join(_first_rounds(words, _WORDS)) if repeats else text
    if _UNSPACED.search(shorter):
        shorter = "".join(_first_rounds(shorter, _CHARACTERS))
    return shorter if shorter != text else None


def _first_rounds(text: Sequence[str], units: _Units) -> list[str]:
    kept: list[str] = []
    position = 0
    while position < len(text):
        period, length = _loop_at(text, position, units)
        kept += text[position : position + (period or 1)]
        position += length if period else 1
    return kept


def _loop_at(text: Sequence[str], start: int, units: _Units) -> tuple[int, int]:
    """Return the period and the length, in `units`, of the loop that begins at `start`. Zeros if there is none."""
    for period in range(1, min(units.longest, (len(text) - start) // 2) + 1):
        end = start + period
        # Checked first. Otherwise a long row of dots would be scanned again from each dot.
        if text[end] != text[start] or not any(map(units.needed.search, text[start:end])):
            continue
        while end < len(text) and text[end] == text[end - period]:
            end += 1
        if end - start >= max(_ROUNDS * period, units.least):
            return period, end - start
    return 0, 0
