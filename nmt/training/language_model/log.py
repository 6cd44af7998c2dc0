"""The course of a training: a progress bar or plain lines for people, one JSON line per event for programs."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from nmt.corpus.check.output.wording import duration
from nmt.training.language_model.trainer import ChunkReport
from nmt.training.optimization.checkpoint import Position
from nmt.training.run.disk_space import LineFile

_EVERY = 50
"""Updates summarized in one line of the log; fewer just before an evaluation."""
_EVERY_SECONDS = 60.0
"""Training time between two plain lines."""


class LanguageModelLog:
    """An observer of the training loop that writes to the console and to the log of the run directory."""

    def __init__(self, console: Console, path: Path, max_updates: int, done: int) -> None:
        self._console = console
        self._lines = LineFile(path)
        self._max_updates = max_updates
        self._reports: list[ChunkReport] = []
        self._said_at = float("-inf")
        columns = (TextColumn("update"), MofNCompleteColumn(), BarColumn(), TextColumn("{task.fields[figures]}"))
        self._bar = Progress(*columns, console=console, disable=not console.is_interactive)
        self._task = self._bar.add_task("training", total=max_updates, completed=done, figures="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
        self._lines.close()

    def noted(self, note: str) -> None:
        """Print and log a message about how training resumed."""
        self._say(note)
        self._write(event="note", note=note)

    def updated(self, report: ChunkReport, position: Position) -> None:
        """Record an update, and write a summary every `_EVERY` updates."""
        self._reports.append(report)
        self._bar.update(self._task, completed=position.update)
        if len(self._reports) == _EVERY:
            self._sum_up(position)

    def evaluated(self, loss: float, position: Position, best: bool) -> None:
        """Print and log an evaluation."""
        if self._reports:
            self._sum_up(position)
        self._say(f"update {position.update:,}: validation loss {loss:.4f}{' (best so far)' if best else ''}")
        self._write(event="evaluation", update=position.update, loss=loss, best=best)

    def _sum_up(self, position: Position) -> None:
        reports, self._reports = self._reports, []
        symbols = sum(each.symbols for each in reports)
        seconds = sum(each.seconds for each in reports)
        loss = sum(each.loss * each.symbols for each in reports) / symbols
        norm = sum(each.gradient_norm for each in reports) / len(reports)
        clipped = position.clipped_updates / position.update
        speed, rate = symbols / seconds, reports[-1].learning_rate
        self._write(
            event="update", update=position.update, epoch=position.epoch, loss=loss, gradient_norm=norm,
            clipped_share=clipped, learning_rate=rate, tokens_per_second=speed, seconds=position.seconds,
        )  # fmt: skip
        left = duration((self._max_updates - position.update) * seconds / len(reports))
        figures = (
            f"loss {loss:.3f}, gradient {norm:.2f} (clipped {clipped:.0%}), learning rate {rate:.2g}, "
            f"{speed:,.0f} symbols/s, {left} left"
        )
        self._bar.update(self._task, figures=figures)
        if self._bar.disable and position.seconds - self._said_at >= _EVERY_SECONDS:
            self._said_at = position.seconds
            self._say(f"update {position.update:,} of {self._max_updates:,}: {figures}")

    def _say(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)

    def _write(self, **values: object) -> None:
        self._lines.add(json.dumps(values))
