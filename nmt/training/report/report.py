"""The training report for programs: a dataclass with the fields of the JSON report."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from nmt.training.report.comparison import Comparison
from nmt.training.report.history import History
from nmt.training.report.sentences import AttentionMap, SentenceReport

VERSION = 1
"""Version of the JSON report, increased when a field changes its name or meaning."""


@dataclass(frozen=True, slots=True)
class FinalScore:
    """A final score from the package's manifest."""

    test_set: str
    metric: str
    value: float
    beam_size: int


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """The contents of a training report."""

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
    """Maximum number of updates."""
    scores: tuple[FinalScore, ...]
    history: History
    sentences: SentenceReport
    """Report on the translations of the validation pairs."""
    attention: tuple[AttentionMap, ...]
    """Attention of a few validation pairs; empty for a model without attention."""
    comparison: Comparison | None
    """None if there was no previous package."""

    @property
    def updates(self) -> int:
        """Number of updates made, according to the log."""
        made = [point.update for point in self.history.updates]
        return max([*made, *(point.update for point in self.history.evaluations)], default=0)

    @property
    def seconds(self) -> float:
        """Time spent training, without evaluations."""
        return self.history.updates[-1].seconds if self.history.updates else 0.0

    def to_dict(self) -> dict[str, object]:
        """Return the report as plain values for JSON."""
        best = self.history.best
        return {
            "version": VERSION,
            "updates": self.updates,
            "seconds": self.seconds,
            "best_update": best.update if best else None,
            **asdict(self),
        }

    def to_json(self) -> str:
        """Return the JSON report, in ASCII: all other characters are escaped."""
        return json.dumps(self.to_dict(), ensure_ascii=True, indent=1)
