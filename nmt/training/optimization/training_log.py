"""The training log: console output for people, and one JSON line per event for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console

from nmt.training.optimization.checkpoint import Position
from nmt.training.optimization.display import Recent, display_on
from nmt.training.optimization.trainer import Evaluation, UpdateReport
from nmt.training.run.disk_space import LineFile

_EVERY = 50
"""Updates summarized in one line of the log; fewer just before an evaluation."""


class TrainingLog:
    """An observer of the training loop that writes to the console and to `LOG` in the run directory."""

    def __init__(self, console: Console, path: Path, max_updates: int, done: int) -> None:
        self._console = console
        self._display = display_on(console, max_updates, done)
        self._lines = LineFile(path)
        self._max_updates = max_updates
        self._reports: list[UpdateReport] = []

    def __enter__(self) -> Self:
        self._display.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._display.stop()
        self._lines.close()

    def noted(self, note: str) -> None:
        """Print and log a message about how training resumed."""
        self._console.print(note)
        self._write(event="note", note=note)

    def updated(self, report: UpdateReport, position: Position) -> None:
        """Record an update, and write a summary every `_EVERY` updates."""
        self._reports.append(report)
        self._display.advance(position.update)
        if len(self._reports) == _EVERY:
            self._sum_up(position)

    def evaluated(self, evaluation: Evaluation, position: Position, best: bool) -> None:
        """Print and log an evaluation with its sample translations."""
        if self._reports:
            self._sum_up(position)
        self._display.evaluated(position.update, evaluation, best)
        self._write(event="evaluation", update=position.update, **asdict(evaluation), best=best)

    def _sum_up(self, position: Position) -> None:
        recent = _recent(self._reports, position, self._max_updates)
        self._reports.clear()
        self._display.updated(recent)
        self._write(event="update", **asdict(recent))

    def _write(self, **values: object) -> None:
        self._lines.add(json.dumps(values))


def _recent(reports: Sequence[UpdateReport], position: Position, max_updates: int) -> Recent:
    tokens = sum(item.target_tokens for item in reports)
    seconds = sum(item.seconds for item in reports)
    return Recent(
        update=position.update,
        epoch=position.epoch,
        loss=sum(item.loss * item.target_tokens for item in reports) / tokens,
        gradient_norm=sum(item.gradient_norm for item in reports) / len(reports),
        clipped_share=position.clipped_updates / position.update,
        learning_rate=reports[-1].learning_rate,
        tokens_per_second=tokens / seconds,
        seconds=position.seconds,
        seconds_left=(max_updates - position.update) * seconds / len(reports),
    )
