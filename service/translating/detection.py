"""Detect the language of a text: a served language, or another one that the text is clearly in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from nmt.language_model.character_ngrams import CharacterModel, words_of
from nmt.languages import base_code
from service.translating.transitions import Transitions

_MOST_WORDS = 100
"""Words of a text that the character models read at most, evenly spaced over it. Reading them takes a millisecond."""
_CLEARLY = 90.0
"""Confidence in percent from which a text counts as already in the target language. A needless translation does less
harm than a missing one."""
_SMALLEST = 1e-30
"""Replaces a share that was rounded to 0, whose logarithm is taken."""
_LEAST_FOREIGN = 0.3
"""Probability from which a language that is not served may be the text's."""
_FOREIGN_RATIO = 2.0
"""How many times as probable as every served language it must be."""
_KNOWN_CHARACTERS = -2.2
"""Mean log probability of a character from which a text is in a served language, in nats. With these three values, 0 of
600 everyday sentences, 0 of 400 single words and 2 of 300 messages of programs in de, en, es and fr count as foreign,
and of messages in 19 other languages 91 % of those with 25 characters or more and 60 % of the shorter ones."""


@dataclass(frozen=True, slots=True)
class Detected:
    """A detected language and its confidence."""

    language: str
    confidence: float
    """In percent."""


class Detector:
    """Two classifiers: one of all languages and one of the characters of some.

    The first is naive Bayes over byte n-grams (Lui & Baldwin 2012). It knows 140 languages, but single words badly. The
    second compares the probabilities that the languages' character models give to the text. Served languages with a
    model share what the first leaves to them, in proportion to the product of both probabilities.
    """

    def __init__(self, languages: Iterable[str], models: Mapping[str, CharacterModel]) -> None:
        """Prefer the served `languages`, of which some have character `models`. Those that neither classifier knows are
        never detected."""
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._identifier.tk_nextmove = Transitions(self._identifier.tk_nextmove)  # half of what the model takes
        by_code = {base_code(language): language for language in sorted(languages, reverse=True)}
        self._known = {code: by_code[code] for code in by_code if code in self._identifier.labels}
        self._models = {language: models[language] for language in by_code.values() if language in models}

    def detect(self, text: str) -> list[Detected]:
        """Return the served languages, most probable first, after another one if the text is clearly in that.

        For a text without letters, every confidence is 0.
        """
        languages = list(dict.fromkeys((*self._known.values(), *self._models)))
        if not any(character.isalpha() for character in text):
            return [Detected(language, 0.0) for language in languages]
        ranked = self._identifier.rank(text)
        served = {self._known[code]: float(share) for code, share in ranked if code in self._known}
        words = self._words(text)
        logs = {language: float(model.log_probabilities(words).sum()) for language, model in self._models.items()}
        if not words:
            logs = {}
        foreign, share = next((each for each in ranked if each[0] not in self._known), ("", 0.0))
        characters = max(logs.values()) / len(words) if logs else -math.inf
        is_foreign = (
            share >= max(_LEAST_FOREIGN, _FOREIGN_RATIO * max(served.values(), default=0.0))
            and characters < _KNOWN_CHARACTERS
        )
        shares = self._shares(served, logs)
        left = 1.0 - share if is_foreign else 1.0
        languages.sort(key=lambda language: -shares[language])
        found = [Detected(language, round(100.0 * left * shares[language], 1)) for language in languages]
        return [Detected(foreign, round(100.0 * share, 1)), *found] if is_foreign else found

    def _shares(self, served: Mapping[str, float], logs: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each served language, from those of the first classifier and the logarithms of
        those of the second."""
        whole = sum(served.values())
        shares = {language: share / whole if whole else 1.0 / len(served) for language, share in served.items()}
        if not logs:
            return {**dict.fromkeys(self._models, 0.0), **shares}
        values = np.array(list(logs.values()))
        if logs.keys() <= shares.keys():
            values += np.log([max(shares[language], _SMALLEST) for language in logs])
        likelihoods = np.exp(values - values.max())
        left = 1.0 - sum(share for language, share in shares.items() if language not in logs)
        return {**shares, **dict(zip(logs, (left * likelihoods / likelihoods.sum()).tolist(), strict=True))}

    def _words(self, text: str) -> str:
        """Return what of `text` the character models compare: words, without characters that none of them knows."""
        words = words_of(text)
        words = words[:: -(-len(words) // _MOST_WORDS) or 1]
        known = {each for each in set("".join(words)) if any(model.knows(each) for model in self._models.values())}
        return " ".join("".join(each if each in known else " " for each in " ".join(words)).split())


def chosen(ranked: Sequence[Detected], sources: Sequence[str], target: str) -> Detected:
    """Return the language to translate from, or `target` for a text to leave unchanged.

    `ranked` is what `Detector.detect` returned. On a tie or in doubt `target` loses. Of the others the most probable is
    chosen, also one that is not among `sources`, unless `target` is more probable than that. A text that says nothing
    has the first source, with confidence 0, and so has one whose possible sources the detector does not know.
    """
    own = next((each for each in ranked if each.language == target), None)
    others = [each for each in ranked if each.language != target and each.confidence]
    known = [each for each in others if each.language in sources]
    if own and own.confidence >= _CLEARLY and any(each.language in sources for each in ranked):
        return own
    if not others:
        return Detected(sources[0], 0.0)
    if own and own.confidence > others[0].confidence:
        return known[0] if known else own
    return others[0]
