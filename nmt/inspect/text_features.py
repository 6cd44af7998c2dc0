"""What a unit may follow in a text, character by character."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_OPENING, _CLOSING = {"“": "”", "„": "“", "«": "»"}, '"'
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


def _inside_quotes(text: str) -> Iterator[float]:
    """After an opening mark, up to but without the closing one. A line without text closes what is open."""
    closing = ""
    for place, character in enumerate(text):
        if closing:
            ended = character == closing or text[place - 1 : place + 1] == "\n\n"
            closing = "" if ended else closing
        else:
            closing = _OPENING.get(character, character if character == _CLOSING else "")
        yield float(bool(closing))


def _inside_brackets(text: str) -> Iterator[float]:
    """After an opening bracket, up to but without the last closing one. A line without text closes what is open."""
    depth = 0
    for place, character in enumerate(text):
        depth = max(0, depth + _BRACKETS.get(character, 0))
        if text[place - 1 : place + 1] == "\n\n":
            depth = 0
        yield float(depth > 0)


def _place_in_line(text: str) -> Iterator[float]:
    """Number of characters since the line began; a line break is the last character of its line."""
    place = 0
    for character in text:
        yield float(place)
        place = 0 if character == "\n" else place + 1


def _word_start(text: str) -> Iterator[float]:
    before = " "
    for character in text:
        yield float(character.isalnum() and not before.isalnum())
        before = character


FEATURES: dict[str, Callable[[str], Iterator[float]]] = {
    "inside quotes": _inside_quotes,
    "inside brackets": _inside_brackets,
    "place in the line": _place_in_line,
    "word start": _word_start,
    "capital": lambda text: (float(character.isupper()) for character in text),
    "digit": lambda text: (float(character.isdigit()) for character in text),
}
"""Each gives a value for each character, of what is so after it was read."""


def features_of(texts: Sequence[str]) -> dict[str, Floats]:
    """Return the features (C,) of all C characters of `texts`, each read by itself, without those that are constant."""
    values = {
        name: np.concatenate([np.fromiter(feature(text), dtype=np.float64, count=len(text)) for text in texts])
        for name, feature in FEATURES.items()
    }
    return {name: each for name, each in values.items() if each.size and each.min() < each.max()}
