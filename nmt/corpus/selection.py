"""Select the pairs of a corpus that are nearest to a sample of one's own texts, by the difference of cross-entropies.

A pair s has the score H_own(s) - H_corpus(s) in nats per character, where H_own is the cross-entropy under a model of
the sample and H_corpus that under a model of as many texts drawn from the corpus (Moore and Lewis 2010). With samples
of both languages, the scores of the two sides are added (Axelrod et al. 2011). The lower, the nearer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heappush, heappushpop, nsmallest
from itertools import islice

import numpy as np

from nmt.corpus.cleaning import CleaningRules
from nmt.corpus.hash_set import hash_text
from nmt.corpus.pairs import SentencePair
from nmt.errors import CorpusError
from nmt.language_model.character_ngrams import Floats
from nmt.language_model.cross_entropy import TextModel

_CHUNK = 4096
"""Pairs scored at a time, in which each different word is scored once."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The pairs nearest to a sample."""

    pairs: list[SentencePair]
    """Nearest first. Equally near ones are in the order of the corpus."""
    scores: list[float]
    """In nats per character, ascending. Below 0, a pair is likelier in the sample than in the corpus."""
    read: int
    """Number of pairs in the corpus."""


class Selector:
    """Scores pairs by one's own texts and a sample of the corpus."""

    def __init__(self, own_sources: Sequence[str], own_targets: Sequence[str], corpus: Iterable[SentencePair]) -> None:
        """Learn from one's own texts, in the source language and perhaps the target language, and from `corpus`.

        Reads the corpus once, and holds as many pairs of it as there are texts of one's own. Raises CorpusError if
        there is nothing to learn from.
        """
        size = max(len(own_sources), len(own_targets))
        rules = CleaningRules()
        usable = (pair for pair in corpus if rules.fault(pair.source, pair.target) is None)
        # The smallest hashes of the numbers of the pairs are a uniform sample, the same in every run.
        drawn = nsmallest(size, enumerate(usable), key=lambda numbered: hash_text(str(numbered[0])))
        if not drawn:
            raise CorpusError("the corpus has no pair that cleaning keeps: check it with nmt corpus check")
        self._sources = _Difference(own_sources, [pair.source for _, pair in drawn])
        self._targets = _Difference(own_targets, [pair.target for _, pair in drawn]) if own_targets else None

    def select(self, corpus: Iterable[SentencePair], number: int) -> Selection:
        """Return the `number` nearest pairs of `corpus` that cleaning keeps, each of several equal ones once.

        Reads the corpus once more. Memory use depends on `number` alone.
        """
        rules = CleaningRules()
        nearest = _Nearest(number)
        pairs, read = iter(corpus), 0
        while chunk := list(islice(pairs, _CHUNK)):
            read += len(chunk)
            usable = [pair for pair in chunk if rules.fault(pair.source, pair.target) is None]
            for pair, score in zip(usable, self.scores(usable).tolist(), strict=True):
                nearest.offer(pair, score)
        found = nearest.in_order()
        return Selection([pair for _, pair in found], [score for score, _ in found], read)

    def scores(self, pairs: Sequence[SentencePair]) -> Floats:
        """Return (N,) scores of N `pairs` without blank sides, in nats per character."""
        scores = self._sources.of([pair.source for pair in pairs])
        return scores if self._targets is None else scores + self._targets.of([pair.target for pair in pairs])


class _Difference:
    """H_own - H_corpus of one side."""

    def __init__(self, own: Sequence[str], drawn: Sequence[str]) -> None:
        if not any(map(str.strip, own)):
            raise CorpusError("the sample has no text: give a file with some hundred lines of your own")
        self._own = TextModel.learn(own)
        self._corpus = TextModel.learn(drawn)

    def of(self, texts: Sequence[str]) -> Floats:
        """Return (N,) differences of N `texts`."""
        return np.subtract(self._own.cross_entropy(texts), self._corpus.cross_entropy(texts))


class _Nearest:
    """The different pairs with the lowest scores among those offered."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._heap: list[tuple[float, int, SentencePair]] = []
        """Negated scores and numbers of the pairs, farthest and latest first."""
        self._held: set[SentencePair] = set()
        self._offered = 0

    def offer(self, pair: SentencePair, score: float) -> None:
        """Hold `pair` if it is among the nearest. An equal pair has the same score, so one that left stays away."""
        self._offered += 1
        if pair in self._held:
            return
        self._held.add(pair)
        entry = (-score, -self._offered, pair)
        if len(self._heap) < self._number:
            heappush(self._heap, entry)
        else:
            self._held.remove(heappushpop(self._heap, entry)[2])

    def in_order(self) -> list[tuple[float, SentencePair]]:
        """Return scores and pairs, nearest first, equally near ones as they were offered."""
        return [(-score, pair) for score, _, pair in sorted(self._heap, key=lambda entry: entry[:2], reverse=True)]
