"""The console output of training: a live display on a terminal, plain lines elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from nmt.corpus.check.output.wording import duration
from nmt.reports import one_line
from nmt.training.optimization.trainer import Evaluation, Sample

_EVERY_SECONDS = 60.0
"""Training time between two plain lines: short enough to show that it is running, long enough for a log."""
_SHOWN = 200
"""Maximum number of characters shown of a sentence."""


@dataclass(frozen=True, slots=True)
class Recent:
    """A summary of the most recent updates, for the log and the console."""

    update: int
    """The last of these updates."""
    epoch: int
    loss: float
    """Training loss, in nats per target token."""
    gradient_norm: float
    """Mean norm before clipping."""
    clipped_share: float
    """Share of all updates so far whose gradient was clipped, 0 to 1."""
    learning_rate: float
    """Learning rate of the last update."""
    tokens_per_second: float
    """Target tokens per second."""
    seconds: float
    """Time spent training since its beginning."""
    seconds_left: float
    """Time until the last update at the speed of these updates, without evaluations."""


class Display(Protocol):
    """A console display of training."""

    def start(self) -> None:
        """Called before the first update."""

    def stop(self) -> None:
        """Called after the last update or an error."""

    def advance(self, update: int) -> None:
        """Called after each update."""

    def updated(self, recent: Recent) -> None:
        """Called after some updates, with their summary."""

    def evaluated(self, update: int, evaluation: Evaluation, best: bool) -> None:
        """Called after each evaluation."""


def display_on(console: Console, max_updates: int, done: int) -> Display:
    """Return the display that suits `console`; an earlier process made the first `done` updates."""
    return LiveDisplay(console, max_updates, done) if console.is_interactive else PlainDisplay(console, max_updates)


class PlainDisplay:
    """Plain lines without control characters: one per minute of training, and a few at each evaluation."""

    def __init__(self, console: Console, max_updates: int) -> None:
        self._console = console
        self._max_updates = max_updates
        self._said_at = float("-inf")

    def start(self) -> None:
        """Do nothing."""

    def stop(self) -> None:
        """Do nothing."""

    def advance(self, update: int) -> None:
        """Do nothing: single updates are not shown."""

    def updated(self, recent: Recent) -> None:
        """Print a line if the last one is old enough."""
        if recent.seconds - self._said_at >= _EVERY_SECONDS:
            self._said_at = recent.seconds
            self._say(f"update {recent.update:,} of {self._max_updates:,}: {_figures(recent)}, {_left(recent)}")

    def evaluated(self, update: int, evaluation: Evaluation, best: bool) -> None:
        """Print the scores and the sample sentences."""
        self._say(_verdict(update, evaluation, best))
        for sample in evaluation.samples:
            for name, shown in _lines(sample):
                self._say(f"  {name:<12}{shown}")

    def _say(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)


class LiveDisplay:
    """A progress bar, recent figures and sample sentences, redrawn in place below the scores of each evaluation."""

    def __init__(self, console: Console, max_updates: int, done: int) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("update"), MofNCompleteColumn(), BarColumn(), TextColumn("{task.fields[left]}"), console=console
        )
        self._task = self._bar.add_task("training", total=max_updates, completed=done, left="")
        self._figures = Text()
        self._samples: RenderableType = Text()
        self._live = Live(get_renderable=self._picture, console=console)

    def start(self) -> None:
        """Start drawing."""
        self._live.start()

    def stop(self) -> None:
        """Stop drawing and leave the last frame."""
        self._live.stop()

    def advance(self, update: int) -> None:
        """Advance the progress bar."""
        self._bar.update(self._task, completed=update)

    def updated(self, recent: Recent) -> None:
        """Update the figures."""
        self._bar.update(self._task, left=_left(recent))
        self._figures = Text(_figures(recent))

    def evaluated(self, update: int, evaluation: Evaluation, best: bool) -> None:
        """Print the scores permanently above the live display, and update its translations."""
        self._console.print(Text(_verdict(update, evaluation, best)))
        self._samples = _table(update, evaluation)

    def _picture(self) -> RenderableType:
        return Group(self._bar.get_renderable(), self._figures, self._samples)


def _table(update: int, evaluation: Evaluation) -> RenderableType:
    if not evaluation.samples:
        return Text()
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for sample in evaluation.samples:
        table.add_row("", "")
        for name, shown in _lines(sample):
            table.add_row(name, Text(shown, style="bold" if name == "translation" else ""))
    return Group(Text(f"\nheld-out sentences at update {update:,}", style="dim"), table)


def _lines(sample: Sample) -> list[tuple[str, str]]:
    named = (("source", sample.source), ("reference", sample.reference), ("translation", sample.translation))
    return [(name, one_line(text, _SHOWN)) for name, text in named]


def _figures(recent: Recent) -> str:
    return (
        f"loss {recent.loss:.3f}, gradient {recent.gradient_norm:.2f} (clipped {recent.clipped_share:.0%}), "
        f"learning rate {recent.learning_rate:.2g}, {recent.tokens_per_second:,.0f} tokens/s"
    )


def _left(recent: Recent) -> str:
    return f"{duration(recent.seconds_left)} left"


def _verdict(update: int, evaluation: Evaluation, best: bool) -> str:
    return (
        f"update {update:,}: validation loss {evaluation.loss:.3f}, {evaluation.bleu_name} {evaluation.bleu:.1f}, "
        f"chrF {evaluation.chrf:.1f}{' (best so far)' if best else ''}"
    )
