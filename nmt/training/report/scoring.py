"""Translate sentence pairs with a package as it is served, and score the translations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nmt.corpus import SentencePair
from nmt.corpus.test_sets import TestSet
from nmt.runtime import Score, TranslationResult, Translator
from nmt.scores import score

PairSet = tuple[str, Sequence[SentencePair]]
"""The name of a set, and its pairs to translate."""


@dataclass(frozen=True, slots=True)
class TranslatedSet:
    """Pairs, and a package's translations of their sources."""

    name: str
    pairs: Sequence[SentencePair]
    results: Sequence[TranslationResult]
    """One for each pair."""
    beam_size: int
    target: str
    """The target language."""

    @property
    def texts(self) -> list[str]:
        """The best translation of each pair's source."""
        return [result.text for result in self.results]

    @property
    def references(self) -> list[str]:
        """The reference translations."""
        return [pair.target for pair in self.pairs]

    def scores(self) -> list[Score]:
        """Return corpus BLEU and chrF."""
        scores = score(self.texts, self.references, self.target)
        return [
            Score(
                test_set=self.name,
                metric=scores.bleu_name,
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
    """Translate `sets` with the package at `path`. Raises PackageError and TextTooLong."""
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
    """Return BLEU and chrF of the package at `path`, as it is served, on `test`."""
    (translated,) = translate_sets(path, [(test.name, test.pairs)], beam_size)
    return translated.scores()
