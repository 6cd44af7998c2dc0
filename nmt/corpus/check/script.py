"""Which script each text is written in, against the rest of its side and against its language."""

from __future__ import annotations

import numpy as np

from nmt.corpus.check.characters import HAN_AND_KANA, LETTER, TABLE, Characters, Counts
from nmt.corpus.check.chunks import Chunk
from nmt.corpus.check.finding import EXAMPLES, Finding, Role
from nmt.corpus.check.tally import Note, Tally

_FEWEST = 3
"""Letters from which a text has a script."""

_WRITTEN_IN = {
    "LATIN": "af az br ca cs cy da de en eo es et eu fi fr ga gl hr ht hu id is it la lb lt lv mg ms mt nb nl nn no oc "
    "pl pt ro sk sl so sq sv sw tl tr vi xh yo zu",
    "CYRILLIC": "be bg kk ky mk mn ru tg tt uk",
    "ARABIC": "ar fa ps ug ur",
    "DEVANAGARI": "hi mr ne sa",
    "GREEK": "el",
    "HEBREW": "he yi",
    HAN_AND_KANA: "ja zh",
    "HANGUL": "ko",
    "THAI": "th",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "BENGALI": "bn as",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "SINHALA": "si",
    "KHMER": "km",
    "LAO": "lo",
    "MYANMAR": "my",
    "ETHIOPIC": "am ti",
}
"""Languages written in one script; of others, such as Serbian, the script of most texts counts."""


def script_of_language(language: str) -> str | None:
    """The one script that `language` (`en`, `pt-BR`) is written in, where it is known."""
    code = language.split("-")[0].lower()
    return next((script for script, codes in _WRITTEN_IN.items() if code in codes.split()), None)


class Scripts:
    """Counts the scripts of one side of one use."""

    def __init__(self, side: str, language: str) -> None:
        self._side = side
        self._language = language
        self._tallies: dict[str, Tally] = {}
        self._pairs = 0

    def feed(self, chunk: Chunk) -> None:
        """Take in `chunk`."""
        self._pairs += len(chunk)
        main = main_scripts(chunk.source if self._side == "source" else chunk.target)
        for script in np.unique(main[main >= 0]).tolist():
            name = TABLE.scripts[script]
            tally = self._tallies.setdefault(name, Tally(f"wrong_script_{self._side}"))
            tally.add(chunk, np.flatnonzero(main == script).tolist(), _say(name.lower()))

    def finding(self, role: Role) -> Finding:
        """The texts that are not in the script of the language or, where that is open, of most texts."""
        most = max(self._tallies, key=lambda name: self._tallies[name].count, default="")
        expected = script_of_language(self._language) or most
        wrong = Tally(f"wrong_script_{self._side}", of=self._pairs)
        for name, tally in self._tallies.items():
            if name != expected:
                wrong.count += tally.count
                wrong.left_out += tally.left_out
                wrong.examples += tally.examples
        wrong.examples = wrong.examples[:EXAMPLES]
        counts = {name.lower(): tally.count for name, tally in self._tallies.items()}
        return wrong.finding(role, {"expected": expected.lower(), **counts})


def _say(words: str) -> Note:
    return lambda _chunk, _index: words


def main_scripts(texts: Characters) -> Counts:
    """(N,) the number in `TABLE.scripts` of the script of more than half of each text's letters; -1: none, or few."""
    letters = texts.count(texts.classes >= LETTER)
    main = np.full(len(letters), -1)
    for script in np.unique(texts.classes[texts.classes > LETTER]).tolist():
        count = texts.count(texts.classes == script)
        main[(letters >= _FEWEST) & (2 * count > letters)] = script - LETTER - 1
    return main
