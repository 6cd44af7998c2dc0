"""Translations one by one: how good each is, how sure the model was, how long it is, and where it looked."""

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
"""Sentences in a list of examples."""
_BINS = 20
_MOST_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """One pair and its translation."""

    source: str
    reference: str
    translation: str
    chrf: float
    """Of the sentence alone, 0 to 100."""
    probability: float
    """What the model gave a subword of its translation, geometric mean, 0 to 1."""


@dataclass(frozen=True, slots=True)
class SentenceReport:
    """A set of pairs, sentence by sentence."""

    name: str
    sentences: int
    chrf: Histogram
    probability: Histogram
    reference_characters: Histogram
    translation_characters: Histogram
    length_ratio: float
    """Characters of all translations over those of all references."""
    not_ended: int
    """Translations that the model did not end itself."""
    best: tuple[SentenceScore, ...]
    """Highest chrF first; of equals, the longest."""
    worst: tuple[SentenceScore, ...]
    """Lowest chrF first; of equals, the longest."""


@dataclass(frozen=True, slots=True)
class AttentionMap:
    """What a translation attended to."""

    source: tuple[str, ...]
    """S subwords."""
    target: tuple[str, ...]
    """T subwords."""
    weights: tuple[tuple[float, ...], ...]
    """(T, S); a row adds up to 1."""

    @classmethod
    def of(cls, alignment: Alignment) -> AttentionMap:
        """The same in plain values, three digits each."""
        rows = np.round(alignment.weights.astype(np.float64), 3).tolist()
        return cls(tuple(alignment.source), tuple(alignment.target), tuple(tuple(row) for row in rows))


def report_sentences(translated: TranslatedSet) -> SentenceReport:
    """All about the sentences of `translated`."""
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
    """chrF2 of each sentence alone, 0 to 100."""
    metric = CHRF()
    return [
        float(metric.sentence_score(translation, [reference]).score)
        for translation, reference in zip(translations, references, strict=True)
    ]


def _probability(result: TranslationResult) -> float:
    """The geometric mean over the subwords and <END>; 1 for a text of nothing but white space."""
    best = result.translations[0]
    return math.exp(best.log_prob / max(1, len(best.token_log_probs)))


def _histogram(values: Sequence[float], most: float) -> Histogram:
    """`_BINS` bins from 0 to `most`, the last one with `most`."""
    counts, edges = np.histogram(np.clip(values, 0.0, most), bins=_BINS, range=(0.0, most))
    return Histogram(tuple(np.round(edges, 6).tolist()), tuple(counts.tolist()))


def _lengths(*sides: Sequence[str]) -> list[Histogram]:
    """Characters of the texts of each side, in the same bins."""
    lengths = [[min(len(text), _MOST_CHARACTERS) for text in side] for side in sides]
    edges = histogram_of_counts(np.bincount(np.concatenate(lengths))).edges
    return [
        Histogram(edges, tuple(np.histogram(np.clip(side, 0, edges[-1]), bins=edges)[0].tolist())) for side in lengths
    ]
