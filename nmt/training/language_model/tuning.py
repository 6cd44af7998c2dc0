"""The weight of a language model beside a translator, chosen on validation pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from nmt.corpus import SentencePair
from nmt.errors import ConfigError
from nmt.language_model import LanguageModel
from nmt.language_model.reranking import check_language, fluency, order
from nmt.runtime import Translator
from nmt.scores import Scores, score

WEIGHTS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""That are tried. 0 is the translator alone."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A weight and the scores that it gives."""

    weight: float
    scores: Scores


def tried_weights(
    translator: Translator, model: LanguageModel, pairs: Sequence[SentencePair], beam_size: int | None
) -> Iterator[Tried]:
    """Yield the scores of the translations of `pairs` with each of `WEIGHTS`; the search runs once.

    Raises ConfigError if `model` is for another language, or a beam of 1 leaves no choice.
    """
    target = translator.manifest.target
    check_language(model.manifest, target)
    beam = beam_size or translator.manifest.decoding.beam_size
    if beam == 1:
        raise ConfigError("a beam of 1 leaves a language model nothing to choose from: give a larger --beam-size")
    results = translator.translate([pair.source for pair in pairs], beam_size=beam, n_best=beam)
    found = iter(fluency(model, list(chain.from_iterable(result.translations for result in results))))
    fluencies = [[next(found) for _ in result.translations] for result in results]
    references = [pair.target for pair in pairs]
    for weight in WEIGHTS:
        chosen = [order(result.translations, each, weight)[0] for result, each in zip(results, fluencies, strict=True)]
        yield Tried(weight, score([translation.text for translation in chosen], references, target))
