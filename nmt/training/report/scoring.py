"""Sentence pairs translated by a package as it is served, and the scores of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nmt.corpus import SentencePair
from nmt.corpus.test_sets import TestSet
from nmt.runtime import Score, TranslationResult, Translator
from nmt.scores import bleu_name, score

PairSet = tuple[str, Sequence[SentencePair]]
"""Pairs to translate, and what they are called."""


@dataclass(frozen=True, slots=True)
class TranslatedSet:
    """Pairs, and what a package makes of their sources."""

    name: str
    pairs: Sequence[SentencePair]
    results: Sequence[TranslationResult]
    """One for each pair."""
    beam_size: int
    target: str
    """The language they are translated into."""

    @property
    def texts(self) -> list[str]:
        """The best translation of each."""
        return [result.text for result in self.results]

    @property
    def references(self) -> list[str]:
        """What they should be."""
        return [pair.target for pair in self.pairs]

    def scores(self) -> list[Score]:
        """Corpus BLEU and chrF."""
        scores = score(self.texts, self.references, self.target)
        return [
            Score(
                test_set=self.name,
                metric=bleu_name(self.target),
                value=scores.bleu,
                beam_size=self.beam_size,
                signature=scores.bleu_signature,
            ),
            Score(
                test_set=self.name,
                metric="chrF",
                value=scores.chrf,
                beam_size=self.beam_size,
                signature=scores.chrf_signature,
            ),
        ]


def translate_sets(path: Path, sets: Sequence[PairSet], beam_size: int | None = None) -> list[TranslatedSet]:
    """`sets` as the package at `path` translates them. Raises PackageError and TextTooLong."""
    with Translator.load(path) as translator:
        manifest = translator.manifest
        beam = beam_size or manifest.decoding.beam_size
        return [
            TranslatedSet(
                name,
                pairs,
                translator.translate([pair.source for pair in pairs], beam_size=beam_size),
                beam,
                manifest.target,
            )
            for name, pairs in sets
        ]


def score_package(path: Path, test: TestSet, beam_size: int | None = None) -> list[Score]:
    """BLEU and chrF of the package at `path`, as it is served, on `test`."""
    (translated,) = translate_sets(path, [(test.name, test.pairs)], beam_size)
    return translated.scores()
