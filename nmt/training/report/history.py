"""The history of a training, read from its log."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from nmt.training.optimization.trainer import Sample


@dataclass(frozen=True, slots=True)
class UpdatePoint:
    """A summary of consecutive updates."""

    update: int
    """The last of these updates."""
    epoch: int
    loss: float
    """Training loss, in nats per target token."""
    gradient_norm: float
    """Mean norm before clipping."""
    clipped_share: float
    """Share of these updates whose gradient was clipped, 0 to 1."""
    learning_rate: float
    tokens_per_second: float
    seconds: float
    """Time spent training so far."""


@dataclass(frozen=True, slots=True)
class EvaluationPoint:
    """One evaluation on the validation data."""

    update: int
    loss: float
    best: bool
    """Whether its loss is the smallest so far."""
    bleu: float = math.nan
    """BLEU of greedy translations of the first validation pairs; NaN for a language model, which translates none."""
    chrf: float = math.nan
    samples: tuple[Sample, ...] = ()
    bleu_name: str = "BLEU"
    """The name of the BLEU variant for the target language and the lengths of the references."""


@dataclass(frozen=True, slots=True)
class History:
    """The logged history of one training, across interruptions."""

    updates: tuple[UpdatePoint, ...] = ()
    evaluations: tuple[EvaluationPoint, ...] = ()

    @property
    def best(self) -> EvaluationPoint | None:
        """The evaluation whose weights were kept."""
        return next((point for point in reversed(self.evaluations) if point.best), None)


def read_history(path: Path) -> History:
    """Read the history from the log at `path`; empty if there is no log. Incomplete lines are skipped."""
    updates: list[dict[str, Any]] = []
    evaluations: list[dict[str, Any]] = []
    kinds = {"update": updates, "evaluation": evaluations}
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return History()
    for line in lines:
        try:
            event = json.loads(line)
            points = kinds[event["event"]]
            # Training resumed from an earlier checkpoint: drop what was logged after it.
            while points and points[-1]["update"] >= event["update"]:
                points.pop()
            points.append(event)
        except (ValueError, KeyError, TypeError):
            continue
    return History(tuple(_readable(_with_own_shares(updates), _update)), tuple(_readable(evaluations, _evaluation)))


T = TypeVar("T")


def _readable(events: list[dict[str, Any]], read: Callable[[dict[str, Any]], T]) -> list[T]:
    points = []
    for event in events:
        try:
            points.append(read(event))
        except (KeyError, TypeError):  # written by another version
            continue
    return points


def _with_own_shares(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return `events` with the clipped share of each line's own updates; the log has that of all updates so far."""
    made = []
    before, clipped_before = 0, 0
    for event in events:
        update, clipped = event["update"], round(event.get("clipped_share", 0.0) * event["update"])
        share = (clipped - clipped_before) / max(1, update - before)
        made.append({**event, "clipped_share": min(1.0, max(0.0, share))})
        before, clipped_before = update, clipped
    return made


def _update(event: dict[str, Any]) -> UpdatePoint:
    return UpdatePoint(**{name: event[name] for name in UpdatePoint.__slots__})


def _evaluation(event: dict[str, Any]) -> EvaluationPoint:
    samples = tuple(Sample(**sample) for sample in event.get("samples", ()))
    scores = {name: event[name] for name in ("bleu", "chrf", "bleu_name") if name in event}
    return EvaluationPoint(event["update"], event["loss"], event["best"], **scores, samples=samples)
