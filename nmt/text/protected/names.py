"""Names that a model has not learned: words in capitals that its training text did not have."""

from __future__ import annotations

import re

from nmt.languages import base_code
from nmt.runtime import KnownWords
from nmt.text.protected.parts import Part

_NAME = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_LETTERS = re.compile(r"[^\W\d_]+")
_CAPITAL_NOUNS = frozenset({"de", "lb", "nds"})
"""Languages that write all nouns with a capital, so that an unseen word may be a compound or a form of known ones."""
_SHORTEST_PART = 3
"""Letters of the shortest word that a compound is made of."""
_SHORTEST_HEAD = 5
"""Letters from which the last word of a compound may be any known word. Shorter ones must be nouns, as too many names
end in a known word by chance."""
_LINKS = ("", "s", "es", "n", "en", "e", "er")
"""What stands between the words of a German compound, and behind the stem of a form."""


class UnknownNames:
    """Finds the names in texts of one language that a model has not learned."""

    def __init__(self, known: KnownWords, language: str) -> None:
        """`known` holds the words that the model has learned, `language` is that of the texts."""
        self.stand_ins = known.names
        """Names that the model copies, to stand in for others."""
        self._known = known
        self._has_capital_nouns = base_code(language) in _CAPITAL_NOUNS

    def of(self, text: str) -> list[Part]:
        """Return the unknown names in `text`, each to be kept as it is. Neighbouring ones are one part."""
        found: list[Part] = []
        words = list(_NAME.finditer(text))
        # The capital of a single word says nothing. Without stand-ins, the target language does not copy names.
        if len(words) == 1 or not self.stand_ins:
            return found
        for match in words:
            if match[0].islower():  # most words, and never a name
                continue
            word = _POSSESSIVE.sub("", match[0])
            # Of a compound such as US-Regierung, a model can translate the part that it knows.
            decides = all if self._has_capital_nouns else any
            if len(word) < 2 or not decides(map(self._is_unknown, _LETTERS.findall(word))):
                continue
            start, end = match.start(), match.start() + len(word)
            if found and text[found[-1].end : start] == " ":
                start = found.pop().start
            found.append(Part(start, end, text[start:end], is_name=True))
        return found

    def _is_unknown(self, word: str) -> bool:
        if not word[0].isupper() or word in self._known:
            return False
        return not (self._has_capital_nouns and self._is_formed(word))

    def _is_formed(self, word: str) -> bool:
        """Whether `word` is a form of a known word, or is made of two of them."""
        stems = [word, *(word.removesuffix(link) for link in _LINKS if link and word.endswith(link))]
        if any(stem in self._known for stem in stems):
            return True
        return any(
            any(self._is_head(stem[cut:]) for stem in stems)
            and any(word[:cut].endswith(link) and word[:cut].removesuffix(link) in self._known for link in _LINKS)
            for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
        )

    def _is_head(self, word: str) -> bool:
        """Whether a compound can end in `word`. Nouns are the words that are usually written with a capital, where
        the package says which are."""
        if len(word) < _SHORTEST_PART:
            return False
        nouns = self._known.usual if len(word) < _SHORTEST_HEAD else None
        return word.casefold() in nouns if nouns else word in self._known
