"""How similar a text is to a unit of the memory, and what the translation of the unit becomes for it.

The percentage is that of the pieces which need not be changed: 100 (1 - d / n), where d is the edit distance of the
two texts in pieces (Levenshtein: pieces inserted, deleted or replaced) and n the pieces of the longer one, rounded
down. Numbers and placeholders count only where those of the text cannot be put into the translation. Only an equal
text is a match of 100 %.
"""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from nmt.memory.pieces import Pieces
from nmt.memory.substitution import adapted

LEAST_PERCENT = 75
"""Less similar units are no matches."""


@dataclass(frozen=True, slots=True)
class Match:
    """A unit whose source is similar to a text."""

    percent: int
    source: str
    """The source of the unit."""
    target: str
    """Its translation, with the numbers and placeholders of the text."""


def most_differences(pieces: int) -> int:
    """Return the largest edit distance of a match whose longer text has this many pieces."""
    return pieces * (100 - LEAST_PERCENT) // 100


def matched(text: str, pieces: Pieces, source: str, target: str) -> Match | None:
    """Return the match of `text`, whose `pieces` are given, with a unit. None if they are less similar than a match."""
    if text == source:
        return Match(100, source, target)
    unit = Pieces.of(source)
    longest = max(len(pieces.masked), len(unit.masked), 1)
    most = most_differences(longest)
    distance = Levenshtein.distance(pieces.masked, unit.masked, score_cutoff=most)
    if distance > most:
        return None
    translation = adapted(pieces.placeables, unit.placeables, target)
    if translation is None:
        translation = target
        distance = Levenshtein.distance(pieces.spelled, unit.spelled, score_cutoff=most)
        if distance > most:
            return None
    return Match(min(99, 100 * (longest - distance) // longest), source, translation)
