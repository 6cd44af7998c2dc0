"""Detect the language of a text, among the served languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nmt.language_model.character_ngrams import CharacterModel, words_of
from nmt.languages import base_code

_MOST_WORDS = 100
"""Words of a text that the character models read at most, evenly spaced over it. Reading them takes a millisecond."""
_CLEARLY = 90.0
"""Confidence in percent from which a text counts as already in the target language. A needless translation does less
harm than a missing one."""
_SMALLEST = 1e-30
"""Replaces a share that was rounded to 0, whose logarithm is taken."""


@dataclass(frozen=True, slots=True)
class Detected:
    """A detected language and its confidence."""

    language: str
    confidence: float
    """In percent."""


class Detector:
    """Two classifiers, restricted to a few languages: one of all languages and one of the characters of some.

    The first is naive Bayes over byte n-grams (Lui & Baldwin 2012). It knows 140 languages, but single words badly. The
    second compares the probabilities that the languages' character models give to the text. Languages with a model
    share what the first leaves to them, in proportion to the product of both probabilities.
    """

    def __init__(self, languages: Iterable[str], models: Mapping[str, CharacterModel]) -> None:
        """Detect only `languages`, of which some have character `models`. Those that neither classifier knows are never
        detected."""
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        by_code = {base_code(language): language for language in sorted(languages, reverse=True)}
        known = [code for code in by_code if code in self._identifier.labels]
        self._known = {code: by_code[code] for code in known}
        self._models = {language: models[language] for language in by_code.values() if language in models}
        if known:
            self._identifier.set_languages(known)

    def detect(self, text: str) -> list[Detected]:
        """Return the languages, most probable first. For a text without letters, every confidence is 0."""
        languages = list(dict.fromkeys((*self._known.values(), *self._models)))
        if not any(character.isalpha() for character in text):
            return [Detected(language, 0.0) for language in languages]
        shares = self._shares(text)
        ranked = sorted(languages, key=lambda language: -shares[language])
        return [Detected(language, round(100.0 * shares[language], 1)) for language in ranked]

    def _shares(self, text: str) -> dict[str, float]:
        """Return the probability of each language."""
        ranked = self._identifier.rank(text) if self._known else []
        shares = {self._known[code]: float(share) for code, share in ranked}
        words = self._words(text)
        if not words:
            return {**dict.fromkeys(self._models, 0.0), **shares}
        logs = np.array([model.log_probabilities(words).sum() for model in self._models.values()])
        if self._models.keys() <= shares.keys():
            logs += np.log([max(shares[language], _SMALLEST) for language in self._models])
        likelihoods = np.exp(logs - logs.max())
        left = 1.0 - sum(share for language, share in shares.items() if language not in self._models)
        return {**shares, **dict(zip(self._models, (left * likelihoods / likelihoods.sum()).tolist(), strict=True))}

    def _words(self, text: str) -> str:
        """Return what of `text` the character models compare: words, without characters that none of them knows."""
        words = words_of(text)
        words = words[:: -(-len(words) // _MOST_WORDS) or 1]
        known = {each for each in set("".join(words)) if any(model.knows(each) for model in self._models.values())}
        return " ".join("".join(each if each in known else " " for each in " ".join(words)).split())


def chosen(ranked: Sequence[Detected], sources: Sequence[str], target: str) -> Detected:
    """Return the language to translate from: the most probable of `sources`, or `target` for a text to leave unchanged.

    `ranked` is what `Detector.detect` returned. On a tie or in doubt `target` loses. If the detector knows none of the
    sources, the first one is returned without confidence.
    """
    own = [each for each in ranked if each.language == target]
    others = [each for each in ranked if each.language in sources and each.language != target]
    if own and others and own[0].confidence >= _CLEARLY:
        return own[0]
    return others[0] if others else Detected(sources[0], 0.0)
