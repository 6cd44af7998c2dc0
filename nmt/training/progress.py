"""Training as people see it (a progress bar) and as programs read it (a JSON line an event)."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from nmt.training.checkpoint import Position
from nmt.training.loop import Evaluation, UpdateReport

_EVERY = 50
"""Updates a line of the log sums up."""


class TrainingLog:
    """An observer of the training loop: a bar on the console, `log.jsonl` in the run directory."""

    def __init__(self, console: Console, path: Path, max_updates: int, done: int) -> None:
        self._console = console
        self._stream = path.open("a", encoding="utf-8")
        self._bar = Progress(
            TextColumn("update"),
            MofNCompleteColumn(),
            BarColumn(),
            TextColumn("{task.fields[status]}"),
            TimeRemainingColumn(),
            console=console,
        )
        self._task = self._bar.add_task("training", total=max_updates, completed=done, status="")
        self._reports: list[UpdateReport] = []

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
        self._stream.close()

    def updated(self, report: UpdateReport, position: Position) -> None:
        """After each update: sum up every `_EVERY` of them."""
        self._reports.append(report)
        self._bar.update(self._task, completed=position.update)
        if len(self._reports) < _EVERY:
            return
        tokens = sum(item.target_tokens for item in self._reports)
        loss = sum(item.loss * item.target_tokens for item in self._reports) / tokens
        speed = tokens / sum(item.seconds for item in self._reports)
        norm = sum(item.gradient_norm for item in self._reports) / len(self._reports)
        clipped = position.clipped_updates / position.update
        status = f"loss {loss:.3f}  gradient {norm:.2f} (clipped {clipped:.0%})  {speed:,.0f} tokens/s"
        self._bar.update(self._task, status=status)
        self._write(
            event="update",
            update=position.update,
            epoch=position.epoch,
            loss=loss,
            gradient_norm=norm,
            clipped_share=clipped,
            learning_rate=report.learning_rate,
            tokens_per_second=speed,
            seconds=position.seconds,
        )
        self._reports.clear()

    def evaluated(self, evaluation: Evaluation, position: Position, best: bool) -> None:
        """After each evaluation: a line that stays."""
        self._console.print(
            f"update {position.update:,}: validation loss {evaluation.loss:.3f}, "
            f"BLEU {evaluation.bleu:.1f}, chrF {evaluation.chrf:.1f}{'  (best so far)' if best else ''}"
        )
        self._write(
            event="evaluation",
            update=position.update,
            loss=evaluation.loss,
            bleu=evaluation.bleu,
            chrf=evaluation.chrf,
            best=best,
        )

    def _write(self, **values: object) -> None:
        self._stream.write(json.dumps(values) + "\n")
        self._stream.flush()
