"""Which back-translations are worth learning from: rules for their form, a language model, and the way there and back.

The cheaper a filter is, the earlier it is asked, and a pair that one leaves out is not shown to the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from nmt.bulk.answering import LineTranslator
from nmt.bulk.formats import Answer
from nmt.corpus import CleaningRules
from nmt.language_model import LanguageModel
from nmt.scores import SentenceChrf

_CUT = ("truncated", "repetition_stopped")
"""Marks of a translation that does not say all that its text says."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair that nobody has judged yet."""

    source: str
    """What the reverse package wrote."""
    target: str
    """What a person wrote."""
    marks: tuple[str, ...] = ()
    """What the translation says of `source`."""


@dataclass(slots=True)
class Judgement:
    """What the filters say of a pair."""

    left_out: str | None = None
    """Why it is left out. None if it is kept."""
    scores: dict[str, float] = field(default_factory=dict)
    """Values by the name of their filter, of those that the pair was shown to."""


class Filter(Protocol):
    """Judges pairs by a number."""

    @property
    def name(self) -> str:
        """Names its number."""

    @property
    def reason(self) -> str:
        """Why a pair that does not pass is left out."""

    def scores(self, candidates: Sequence[Candidate]) -> list[float]:
        """Return the number of each pair."""

    def passes(self, score: float) -> bool:
        """Return whether a pair with this number is kept."""


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """Character F-score (chrF2, Popovic 2015) of what the forward package makes of the source, against the target.

    0 to 100. What got lost on the way back is missing in the round trip too.
    """

    forward: LineTranslator
    least: float
    name: str = "chrf"
    _chrf: SentenceChrf = field(default_factory=SentenceChrf)

    @property
    def reason(self) -> str:
        """Why a pair is left out."""
        return f"chrF of the round trip below {self.least:g} (--least-chrf)"

    def scores(self, candidates: Sequence[Candidate]) -> list[float]:
        """Return the chrF of each pair. A source that the forward package cannot translate has 0."""
        answers = self.forward.answers([each.source for each in candidates])
        texts = [answer.text if isinstance(answer, Answer) else "" for answer in answers]
        return [self._chrf.of(text, each.target) for text, each in zip(texts, candidates, strict=True)]

    def passes(self, score: float) -> bool:
        """Return whether the round trip is near enough to the target."""
        return score >= self.least


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Perplexity of the source as a line, per symbol, over that of the language model's own validation text.

    1 is what the model expects of its language; the ratio makes one limit fit models of characters and of subwords.
    """

    model: LanguageModel
    most: float
    name: str = "perplexity"

    @property
    def reason(self) -> str:
        """Why a pair is left out."""
        return f"perplexity of the source above {self.most:g} times the usual (--most-perplexity)"

    def scores(self, candidates: Sequence[Candidate]) -> list[float]:
        """Return the ratio of each pair."""
        usual = self.model.manifest.validation_loss
        found = self.model.score([each.source for each in candidates])
        return [math.exp(-float(each.mean(dtype="float64")) - usual) for each in found]

    def passes(self, score: float) -> bool:
        """Return whether the source is likely enough."""
        return score <= self.most


@dataclass(frozen=True, slots=True)
class Filters:
    """All that a pair must pass."""

    measured: tuple[Filter, ...] = ()
    """Cheapest first."""
    rules: CleaningRules = field(default_factory=CleaningRules)
    """Those of training, which would leave the pair out."""

    def judged(self, candidates: Sequence[Candidate]) -> list[Judgement]:
        """Return the judgement of each of `candidates`."""
        judged = [Judgement(self._fault(each)) for each in candidates]
        for measure in self.measured:
            left = [index for index, each in enumerate(judged) if each.left_out is None]
            scores = measure.scores([candidates[index] for index in left])
            for index, score in zip(left, scores, strict=True):
                judged[index].scores[measure.name] = score
                judged[index].left_out = None if measure.passes(score) else measure.reason
        return judged

    def _fault(self, candidate: Candidate) -> str | None:
        if fault := self.rules.fault(candidate.source, candidate.target):
            return self.rules.reason(fault)
        if any(mark in candidate.marks for mark in _CUT):
            return "the source is cut off"
        return "both sides are the same" if candidate.source == candidate.target else None
