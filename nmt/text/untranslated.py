"""Words of the source that a model left as they were, although a dictionary has them and translations never keep them.

The model has learned to copy names, and copies a rare word now and then: "The invoice for March" becomes "Die Rechnung
für March". The dictionary's translation is put in the place of such a word, uninflected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nmt.text.protected.parts import Part, with_targets
from nmt.text.sentence_translator import WordTranslations

_WORD = re.compile(r"(?<!\S)[^\W\d_]{3,}(?=[.,!?:;\u2026]*(?:\s|$))")
"""A word between white space, and not one of a quotation, compound, path or name in code."""
_LARGEST_SHARE = 0.25
"""Share of the words from which a translation counts as a copy: words of the dictionary in a row make no sentence."""


@dataclass(frozen=True, slots=True)
class Untranslated:
    """Finds and translates the words of a sentence that a model left untranslated."""

    dictionary: WordTranslations
    source: str
    """The sentence."""
    parts: Sequence[Part]
    """The parts of it that have a translation, or none."""

    def translated(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Return the translation `text` with such words translated, and these words as they stood in it."""
        found = list(self._words(text))
        if not found or len(found) > max(1.0, _LARGEST_SHARE * len(text.split())):
            return text, ()
        return with_targets(text, found), tuple(text[part.start : part.end] for part in found)

    def _words(self, text: str) -> Iterator[Part]:
        """Yield the untranslated words of `text` with their translations."""
        candidates = [match for match in _WORD.finditer(text) if self.dictionary.is_translated(match[0])]
        if not candidates:
            return
        free = {match[0].casefold() for match in _WORD.finditer(with_targets(self.source, self._without_words()))}
        for match in candidates:
            word = match[0]
            if word.casefold() not in free or self._is_in_name(text, match):
                continue
            (target, *_) = self.dictionary.translations(word) or (word,)
            if target.casefold() != word.casefold():
                yield Part(*match.span(), target[0].upper() + target[1:] if match.start() == 0 else target)

    def _without_words(self) -> list[Part]:
        return [Part(part.start, part.end, "-") for part in self.parts]

    def _is_in_name(self, text: str, match: re.Match[str]) -> bool:
        """Return whether `match` in `text` is beside another word with a capital that is copied too, and rightly so."""
        if not match[0][0].isupper():
            return False
        before, after = text[: match.start()].split()[-1:], text[match.end() :].split()[:1]
        return any(
            word[0].isupper() and word in self.source and not self.dictionary.is_translated(word)
            for word in (each.strip(".,!?:;\u2026") for each in (*before, *after))
            if word
        )
