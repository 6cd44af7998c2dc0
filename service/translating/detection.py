"""Which of the languages served a text is written in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nmt.languages import base_code


@dataclass(frozen=True, slots=True)
class Detected:
    """A language and how sure the detector is of it."""

    language: str
    confidence: float
    """Percent."""


class Detector:
    """Naive Bayes over byte n-grams (Lui & Baldwin 2012) among a few languages."""

    def __init__(self, languages: Iterable[str]) -> None:
        """Among `languages`; those that the model does not know are never detected."""
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        by_code = {base_code(language): language for language in sorted(languages, reverse=True)}
        known = [code for code in by_code if code in self._identifier.labels]
        self._by_code = {code: by_code[code] for code in known}
        if known:
            self._identifier.set_languages(known)

    def detect(self, text: str) -> list[Detected]:
        """The languages, most probable first; none with any confidence for a text without letters."""
        if not self._by_code:
            return []
        if not any(character.isalpha() for character in text):
            return [Detected(language, 0.0) for language in self._by_code.values()]
        ranked = self._identifier.rank(text)
        return [Detected(self._by_code[code], round(100.0 * float(share), 1)) for code, share in ranked]
