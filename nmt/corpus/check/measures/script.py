"""Compare the script of each text with its language and with the rest of its side."""

from __future__ import annotations

from collections import Counter

import numpy as np

from nmt.corpus.characters_per_script import DENSE_WEIGHT
from nmt.corpus.check.chunks import Chunk
from nmt.corpus.check.code_points import HAN_AND_KANA, LETTER, TABLE, Characters, Counts
from nmt.corpus.check.finding import EXAMPLES, Finding, Role
from nmt.corpus.check.measures.tally import Note, Tally
from nmt.languages import base_code

_FEWEST = 3
"""Minimum number of letters to determine the script of a text."""
_LATIN = "LATIN"
_DENSE_SCRIPTS = (HAN_AND_KANA, "HANGUL")
_A_TENTH = 0.1
"""Minimum share of a script's letters for a text to count as written in it although most letters are Latin. Names,
code and abbreviations stay Latin in any language. Of the system messages of Debian 12 in Chinese, Japanese and Korean,
7 to 13 % mix their script with more Latin letters, and less than 0.1 % fall below this share. Untranslated text has no
letters of the script."""

_WRITTEN_IN = {
    _LATIN: "af az br ca cs cy da de en eo es et eu fi fr ga gl hr ht hu id is it la lb lt lv mg ms mt nb nl nn no oc "
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
"""Languages written in a single script. For others, such as Serbian, the script of most texts is expected."""


def script_of_language(language: str) -> str | None:
    """Return the single script of `language` (`en`, `pt-BR`, `zh_TW`), if known."""
    code = base_code(language)
    return next((script for script, codes in _WRITTEN_IN.items() if code in codes.split()), None)


class Scripts:
    """Counts the scripts of one side of one use."""

    def __init__(self, side: str, language: str) -> None:
        self._side = side
        self._language = language
        self._tallies: dict[tuple[str, str], Tally] = {}
        """By the scripts of most and of some letters, as the expected script may be known only at the end."""
        self._pairs = 0

    def feed(self, chunk: Chunk) -> None:
        """Count the pairs of `chunk`."""
        self._pairs += len(chunk)
        main, beside = scripts_of(chunk.source if self._side == "source" else chunk.target)
        for most, some in np.unique(np.stack((main, beside))[:, main >= 0], axis=1).T.tolist():
            names = TABLE.scripts[most], TABLE.scripts[some] if some >= 0 else ""
            tally = self._tallies.setdefault(names, Tally(f"wrong_script_{self._side}"))
            tally.add(chunk, np.flatnonzero((main == most) & (beside == some)).tolist(), _say(names[0].lower()))

    def finding(self, role: Role) -> Finding:
        """Find texts that are not in the script of the language or, if that is unknown, of most texts."""
        expected = script_of_language(self._language) or self._script_of_most()
        wrong = Tally(f"wrong_script_{self._side}", of=self._pairs)
        counts: Counter[str] = Counter()
        for (main, beside), tally in self._tallies.items():
            script = expected if beside == expected else main
            counts[script.lower()] += tally.count
            if script != expected:
                wrong.count += tally.count
                wrong.left_out += tally.left_out
                wrong.examples += tally.examples
        wrong.examples = wrong.examples[:EXAMPLES]
        return wrong.finding(role, {"expected": expected.lower(), **counts})

    def _script_of_most(self) -> str:
        counts: Counter[str] = Counter()
        for (main, _), tally in self._tallies.items():
            counts[main] += tally.count
        return max(counts, key=counts.__getitem__, default="")


def _say(words: str) -> Note:
    return lambda _chunk, _index: words


def scripts_of(texts: Characters) -> tuple[Counts, Counts]:
    """Return (N,) the majority script of each text and, where that is Latin, (N,) another with a tenth of its letters.

    Values are indices into `TABLE.scripts`; -1 means none, or too few letters. A majority is more than half of the
    letters. A letter of a dense script counts as several.
    """
    letters = texts.count(texts.classes >= LETTER)
    present = np.unique(texts.classes[texts.classes > LETTER]).tolist()
    counts = {script - LETTER - 1: texts.count(texts.classes == script) * _weight(script) for script in present}
    of = sum(counts.values(), start=texts.count(texts.classes == LETTER).astype(np.float64))
    main, beside = np.full(len(letters), -1), np.full(len(letters), -1)
    for script, count in counts.items():
        main[(letters >= _FEWEST) & (2 * count > of)] = script
    is_latin = np.isin(main, [script for script in counts if TABLE.scripts[script] == _LATIN])
    for script, count in sorted(counts.items(), key=lambda item: item[1].sum()):  # the more frequent of two wins
        beside[is_latin & (main != script) & (count >= _A_TENTH * of)] = script
    return main, beside


def _weight(script: int) -> float:
    return DENSE_WEIGHT if TABLE.scripts[script - LETTER - 1] in _DENSE_SCRIPTS else 1.0
