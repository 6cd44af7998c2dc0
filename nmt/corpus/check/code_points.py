"""Texts as arrays of code points, to process every character of a corpus without a Python loop."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]

_CODE_POINTS = 0x110000
_KATAKANA_LETTER_AND_KANJI = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "BOPOMOFO"}
HAN_AND_KANA = "HAN OR KANA"
"""Han and kana, treated as one script because Japanese mixes them in every sentence."""
_WIDTHS = {"FULLWIDTH", "HALFWIDTH"}
_NO_SCRIPT = {
    "MODIFIER", "MICRO", "MASCULINE", "FEMININE", "MATHEMATICAL", "DOUBLE-STRUCK", "BLACK-LETTER", "SCRIPT", "ALEF",
    "BET", "GIMEL", "DALET", "PLANCK", "TURNED", "INVERTED", "EULER", "ANGSTROM", "KELVIN", "OHM", "INFORMATION",
}  # fmt: skip
"""Name prefixes of letters that serve as symbols in text of any language."""

OTHER, DIGIT, SPACE, CONTROL, REPLACEMENT, LETTER = range(1, 7)
"""Character classes. 0 means not looked up yet; values above LETTER are the letters of `SCRIPTS`, in order."""


class CodeTable:
    """The class and the lower case of every code point, looked up on first use."""

    def __init__(self) -> None:
        self.classes = np.zeros(_CODE_POINTS, dtype=np.uint8)
        self.folded = np.arange(_CODE_POINTS, dtype=np.uint32)
        self.scripts: list[str] = []

    def learn(self, codes: Codes) -> None:
        """Look up those of `codes` that are new."""
        for code in np.flatnonzero(np.bincount(codes[self.classes[codes] == 0])).tolist():
            self.classes[code] = self._class(chr(code))
            folded = chr(code).casefold()
            self.folded[code] = ord(folded[0]) if folded else code

    def _class(self, character: str) -> int:
        category = unicodedata.category(character)
        if category == "Nd":
            return DIGIT
        if character.isspace():
            return SPACE
        if category in ("Cc", "Co", "Cn", "Cs"):
            return CONTROL
        if character == "\ufffd":
            return REPLACEMENT
        if category[0] == "L":
            return self._letter(character)
        return OTHER

    def _letter(self, character: str) -> int:
        script = script_of(character)
        if script is None:
            return LETTER
        if script not in self.scripts:
            self.scripts.append(script)
        return LETTER + 1 + self.scripts.index(script)


def script_of(letter: str) -> str | None:
    """Return a letter's script from its Unicode name (`LATIN SMALL LETTER A`); Python itself has no script table."""
    words = unicodedata.name(letter, "").split()
    if words and words[0] in _WIDTHS:
        del words[0]
    if not words or words[0] in _NO_SCRIPT:
        return None
    return HAN_AND_KANA if words[0] in _KATAKANA_LETTER_AND_KANJI else words[0]


TABLE = CodeTable()
"""Shared by all checks, because character classes do not depend on the corpus."""


class Characters:
    """The concatenated characters of N texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))  # (N,)
        joined = "".join(texts).encode("utf-32-le", "surrogatepass")
        self.codes: Codes = np.frombuffer(joined, dtype="<u4")
        TABLE.learn(self.codes)

    @cached_property
    def text(self) -> Counts:
        """Index of the text that each character belongs to."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    @cached_property
    def classes(self) -> NDArray[np.uint8]:
        """The class of each character."""
        return TABLE.classes[self.codes]

    @cached_property
    def words(self) -> Counts:
        """(N,) number of words, separated by white space, in each text."""
        inside = self.classes != SPACE
        begins = inside.copy()
        # A word begins after a space and at the start of a text.
        begins[1:] &= ~inside[:-1] | (self.text[1:] != self.text[:-1])
        return self.count(begins)

    def count(self, characters: Mask) -> Counts:
        """(N,) number of `characters` in each text."""
        return np.bincount(self.text[characters], minlength=len(self.lengths))

    def having(self, characters: Mask) -> Counts:
        """Indices of the texts that contain any of `characters`, in order."""
        return np.unique(self.text[characters])
