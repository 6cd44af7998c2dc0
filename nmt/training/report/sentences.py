"""Statistics of single translations: quality, model confidence, length and attention."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sacrebleu.metrics.chrf import CHRF

from nmt.reports import Histogram, histogram_of_counts
from nmt.runtime import Alignment, TranslationResult
from nmt.training.report.scoring import TranslatedSet

MOST = 10
"""Maximum number of sentences in a list of examples."""
_BINS = 20
_MOST_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """One pair and its translation."""

    source: str
    reference: str
    translation: str
    chrf: float
    """Sentence-level chrF, 0 to 100."""
    probability: float
    """Geometric mean of the model's probabilities of the translation's subwords, 0 to 1."""


@dataclass(frozen=True, slots=True)
class SentenceReport:
    """Sentence-level statistics of a set of pairs."""

    name: str
    sentences: int
    chrf: Histogram
    probability: Histogram
    reference_characters: Histogram
    translation_characters: Histogram
    length_ratio: float
    """Characters of all translations divided by those of all references."""
    not_ended: int
    """Number of translations cut off before <END>."""
    best: tuple[SentenceScore, ...]
    """Highest chrF first; among equals, the longest source first."""
    worst: tuple[SentenceScore, ...]
    """Lowest chrF first; among equals, the longest source first."""


@dataclass(frozen=True, slots=True)
class AttentionMap:
    """The attention weights of a translation."""

    source: tuple[str, ...]
    """S subwords."""
    target: tuple[str, ...]
    """T subwords."""
    weights: tuple[tuple[float, ...], ...]
    """(T, S); each row sums to 1."""

    @classmethod
    def of(cls, alignment: Alignment) -> AttentionMap:
        """Convert `alignment` to plain values, rounded to three decimals."""
        rows = np.round(alignment.weights.astype(np.float64), 3).tolist()
        return cls(tuple(alignment.source), tuple(alignment.target), tuple(tuple(row) for row in rows))


def report_sentences(translated: TranslatedSet) -> SentenceReport:
    """Return the sentence-level statistics of `translated`."""
    scores = sentence_chrf(translated.texts, translated.references)
    scored = [
        SentenceScore(pair.source, pair.target, result.text, chrf, _probability(result))
        for pair, result, chrf in zip(translated.pairs, translated.results, scores, strict=True)
    ]
    ordered = sorted(scored, key=lambda item: (-item.chrf, -len(item.source)))
    # No sentence is in both lists.
    best, worst = ordered[: min(MOST, -(-len(ordered) // 2))], ordered[len(ordered) - min(MOST, len(ordered) // 2) :]
    worst.sort(key=lambda item: (item.chrf, -len(item.source)))
    reference_lengths, translation_lengths = _lengths(translated.references, translated.texts)
    return SentenceReport(
        name=translated.name,
        sentences=len(scored),
        chrf=_histogram([item.chrf for item in scored], 100.0),
        probability=_histogram([item.probability for item in scored], 1.0),
        reference_characters=reference_lengths,
        translation_characters=translation_lengths,
        length_ratio=sum(map(len, translated.texts)) / max(1, sum(map(len, translated.references))),
        not_ended=sum(not result.translations[0].reached_end for result in translated.results),
        best=tuple(best),
        worst=tuple(worst),
    )


def sentence_chrf(translations: Sequence[str], references: Sequence[str]) -> list[float]:
    """Return the sentence-level chrF2 of each translation, 0 to 100."""
    metric = CHRF()
    return [
        float(metric.sentence_score(translation, [reference]).score)
        for translation, reference in zip(translations, references, strict=True)
    ]


def _probability(result: TranslationResult) -> float:
    """Return the geometric mean of the probabilities of all subwords and <END>; 1 for a text of only white space."""
    best = result.translations[0]
    return math.exp(best.log_prob / max(1, len(best.token_log_probs)))


def _histogram(values: Sequence[float], most: float) -> Histogram:
    """Return a histogram with `_BINS` bins from 0 to `most`, inclusive."""
    counts, edges = np.histogram(np.clip(values, 0.0, most), bins=_BINS, range=(0.0, most))
    return Histogram(tuple(np.round(edges, 6).tolist()), tuple(counts.tolist()))


def _lengths(*sides: Sequence[str]) -> list[Histogram]:
    """Return histograms of the numbers of characters of each side's texts, with the same bins."""
    lengths = [[min(len(text), _MOST_CHARACTERS) for text in side] for side in sides]
    edges = histogram_of_counts(np.bincount(np.concatenate(lengths))).edges
    return [
        Histogram(edges, tuple(np.histogram(np.clip(side, 0, edges[-1]), bins=edges)[0].tolist())) for side in lengths
    ]
