"""Choice among the translations of a search by a language model of the target language.

Each translation y gets score(y) + weight x log p(y) / |y|: the translator's score, which is normalised by length, and
the language model's log probability of y as a whole line, divided by the number of its characters and the line break.
This is shallow fusion (Gulcehre et al. 2015, section 4.1) over whole translations, and not inside the search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from nmt.errors import ConfigError
from nmt.language_model.model import LanguageModel
from nmt.language_model.package import LanguageModelManifest
from nmt.languages import match_either_way
from nmt.runtime import Translation, TranslationResult

WEIGHT = 2.0
"""Near the best with beams of 5 and 10 for a translator of 2,000 pairs: see docs/quality.md."""


class LanguageModelReranker:
    """Reorders the translations of each text. Safe to use from several threads."""

    def __init__(self, model: LanguageModel, target: str, weight: float = WEIGHT) -> None:
        """`target` is the language of the translations. Raises ConfigError if `model` is for another one."""
        check_language(model.manifest, target)
        self._model = model
        self._weight = weight

    def reranked(self, results: Sequence[TranslationResult]) -> list[TranslationResult]:
        """Return `results`, each with its translations in the order of both models together, best first."""
        several = [result.translations if len(result.translations) > 1 else () for result in results]
        found = iter(fluency(self._model, list(chain.from_iterable(several))))
        return [
            replace(result, translations=order(translations, [next(found) for _ in translations], self._weight))
            if translations
            else result
            for result, translations in zip(results, several, strict=True)
        ]


def fluency(model: LanguageModel, translations: Sequence[Translation]) -> list[float]:
    """Return the log probability of each of `translations` as a line, in nats per character with the line break."""
    lines = [translation.text.strip() for translation in translations]
    found = zip(lines, model.score(lines), strict=True)
    return [float(log_probs.sum(dtype="float64")) / (len(line) + 1) for line, log_probs in found]


def order(translations: Sequence[Translation], fluencies: Sequence[float], weight: float) -> tuple[Translation, ...]:
    """Return the `translations` of one text, best first, given how fluent a language model finds each.

    As in the search, those that the translator ended itself precede those cut off.
    """

    def both(index: int) -> tuple[bool, float]:
        own = translations[index]
        return own.reached_end, own.score + weight * fluencies[index]

    return tuple(translations[index] for index in sorted(range(len(translations)), key=both, reverse=True))


def check_language(model: LanguageModelManifest, target: str) -> None:
    """Raise ConfigError if `model` is not known to be one of the language `target`."""
    name, language = model.name, model.language
    if language is None:
        raise ConfigError(
            f"the language model {name} does not say its language: run its nmt lm train again with --language {target}"
        )
    if not match_either_way(language, target):
        raise ConfigError(
            f"the language model {name} is for {language}, and the translations are in {target}: give one for {target}"
        )
