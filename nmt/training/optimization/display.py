"""The console while a model is trained: a live picture on a terminal, plain lines anywhere else."""

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
"""Time spent training between two plain lines: often enough to see that it lives, seldom enough for a log."""
_SHOWN = 200
"""Characters of a sentence that are shown."""


@dataclass(frozen=True, slots=True)
class Recent:
    """Some updates summed up, as the log and the console have them."""

    update: int
    """The last of them."""
    epoch: int
    loss: float
    """What training lowers, nats a target token."""
    gradient_norm: float
    """Mean before clipping."""
    clipped_share: float
    """Of all updates so far, 0 to 1."""
    learning_rate: float
    """Of the last of them."""
    tokens_per_second: float
    """Target tokens."""
    seconds: float
    """Time spent training since its beginning."""
    seconds_left: float
    """Until the last update, if none takes longer than these did; without evaluations."""


class Display(Protocol):
    """What a console shows of training."""

    def start(self) -> None:
        """Before the first update."""

    def stop(self) -> None:
        """After the last one, or an error."""

    def advance(self, update: int) -> None:
        """After each update."""

    def updated(self, recent: Recent) -> None:
        """After some updates."""

    def evaluated(self, update: int, evaluation: Evaluation, best: bool) -> None:
        """After each evaluation."""


def display_on(console: Console, max_updates: int, done: int) -> Display:
    """What suits `console`; `done` updates were made by an earlier process."""
    return LiveDisplay(console, max_updates, done) if console.is_interactive else PlainDisplay(console, max_updates)


class PlainDisplay:
    """Lines for a log, without control characters: one a minute of training, and some at each evaluation."""

    def __init__(self, console: Console, max_updates: int) -> None:
        self._console = console
        self._max_updates = max_updates
        self._said_at = float("-inf")

    def start(self) -> None:
        """Nothing yet."""

    def stop(self) -> None:
        """Nothing more."""

    def advance(self, update: int) -> None:
        """Nothing: an update is no news."""

    def updated(self, recent: Recent) -> None:
        """A line, if the last one is old."""
        if recent.seconds - self._said_at >= _EVERY_SECONDS:
            self._said_at = recent.seconds
            self._say(f"update {recent.update:,} of {self._max_updates:,}: {_figures(recent)}, {_left(recent)}")

    def evaluated(self, update: int, evaluation: Evaluation, best: bool) -> None:
        """The scores, and the sample sentences."""
        self._say(_verdict(update, evaluation, best))
        for sample in evaluation.samples:
            for name, shown in _lines(sample):
                self._say(f"  {name:<12}{shown}")

    def _say(self, line: str) -> None:
        self._console.print(Text(line), soft_wrap=True)


class LiveDisplay:
    """A bar, the figures of the last updates and the sample sentences, drawn anew in place; the scores stay."""

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
        """Begin to draw."""
        self._live.start()

    def stop(self) -> None:
        """Leave the last picture and draw no more."""
        self._live.stop()

    def advance(self, update: int) -> None:
        """Move the bar."""
        self._bar.update(self._task, completed=update)

    def updated(self, recent: Recent) -> None:
        """New figures."""
        self._bar.update(self._task, left=_left(recent))
        self._figures = Text(_figures(recent))

    def evaluated(self, update: int, evaluation: Evaluation, best: bool) -> None:
        """A line that stays above the picture, and new translations in it."""
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
