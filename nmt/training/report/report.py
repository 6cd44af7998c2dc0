"""All that the report of a training says, for programs: a dataclass that is the JSON report."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from nmt.training.report.comparison import Comparison
from nmt.training.report.history import History
from nmt.training.report.sentences import AttentionMap, SentenceReport

VERSION = 1
"""Of the JSON report; raised when a field changes its name or meaning."""


@dataclass(frozen=True, slots=True)
class FinalScore:
    """A final score, as the package's manifest has it."""

    test_set: str
    metric: str
    value: float
    beam_size: int


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What became of a training."""

    package: str
    source: str
    """Language code."""
    target: str
    created: str
    """ISO 8601 date."""
    training_pairs: int
    validation_pairs: int
    parameters: int
    max_updates: int
    """At most so many were to be made."""
    scores: tuple[FinalScore, ...]
    history: History
    sentences: SentenceReport
    """Of the validation pairs."""
    attention: tuple[AttentionMap, ...]
    """Of a few validation pairs; none for a model without attention."""
    comparison: Comparison | None
    """None when no package stood there before."""

    @property
    def updates(self) -> int:
        """Those made, as far as the log knows."""
        made = [point.update for point in self.history.updates]
        return max([*made, *(point.update for point in self.history.evaluations)], default=0)

    @property
    def seconds(self) -> float:
        """Time spent training, without evaluations."""
        return self.history.updates[-1].seconds if self.history.updates else 0.0

    def to_dict(self) -> dict[str, object]:
        """Plain values."""
        best = self.history.best
        return {
            "version": VERSION,
            "updates": self.updates,
            "seconds": self.seconds,
            "best_update": best.update if best else None,
            **asdict(self),
        }

    def to_json(self) -> str:
        """The report for programs; characters that no JSON text may have are escaped."""
        return json.dumps(self.to_dict(), ensure_ascii=True, indent=1)
