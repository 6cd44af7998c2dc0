"""How far back each cell remembers: copying, adding and agreement over 5 to 100 steps in between.

python benchmarks/long_range.py --plot docs/long-range.svg

Cells of equal parameters read one sequence and answer at its end:

- copy: three symbols, n others to ignore, then the three again, each asked for by its place. Right: all three.
- adding: n pairs of a number in [0, 1] and a mark, 1 at one place in each half. The answer is the sum of the two marked
  numbers (Hochreiter & Schmidhuber 1997, experiment 4, with numbers from 0 to 1). Right: at most 0.04 off.
- verb: a subject, n words that hold other nouns of both numbers, then "is" or "are".
- language: "I grew up in France", n words that hold other countries, "I speak fluent", then its language of eight.

Each cell learns one model a task, verbs and languages together, on batches of one distance each. The longest distance
grows from 5 to 100 over the first 60 % of the updates. Half of the batches have the longest distance so far. Adam, its
rate falls to zero over the last 30 %, clipping at norm 1. LSTMs begin with a forget bias of 3.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import click
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from nmt.model import ModelConfig
from nmt.model.config import Cell
from nmt.model.rnn import RecurrentLayer
from nmt.reports import Chart, Line, line_chart_svg, svg_file

DISTANCES = (5, 10, 20, 50, 100)
CELLS: tuple[Cell, ...] = ("rnn", "gru", "lstm")
_LSTM_HIDDEN = 48
"""H of the LSTM. The other cells get the H that comes nearest to its parameters."""
_BATCH, _TESTED = 32, 1000
_FORGET_BIAS = 3.0
_SYMBOLS, _COPIED = 8, 3
_CLOSE = 0.04

COUNTRIES = {
    "France": "French", "Spain": "Spanish", "Poland": "Polish", "Japan": "Japanese", "Finland": "Finnish",
    "Hungary": "Hungarian", "Turkey": "Turkish", "Greece": "Greek",
}  # fmt: skip
NOUNS = ("key", "letter", "picture", "window", "door", "cup", "chair", "flower")
BETWEEN = (
    "near", "beside", "behind", "under", "above", "the", "old", "small", "red", "of", "my", "friend", "who", "often",
    "went", "there", "and", "then", "we", "saw", "it", "with", "a", "long", "story", "about", "some", "good", "food",
)  # fmt: skip
WORDS = [
    *COUNTRIES, *COUNTRIES.values(), *NOUNS, *(f"{noun}s" for noun in NOUNS), *BETWEEN, "is", "are", "I", "grew", "up",
    "in", "speak", "fluent",
]  # fmt: skip
_IDS = {word: number for number, word in enumerate(dict.fromkeys(WORDS))}


class Batch(NamedTuple):
    """Sequences (B, T, F) and what to answer after the last K steps: classes (B, K) or numbers (B, 1)."""

    sequences: Tensor
    answers: Tensor


@dataclass(frozen=True)
class Task:
    """A task: how batches are drawn, and what is right."""

    name: str
    batch: Callable[[np.random.Generator, int, int], Batch]
    """Of a generator, a number of rows and a distance."""
    inputs: int
    outputs: int
    chance: float
    """The share that is right without memory: the best guess, the same for every sequence."""


def copy_batch(generator: np.random.Generator, rows: int, distance: int) -> Batch:
    """Symbols to copy, as many others, and a sign for each place."""
    copied = generator.integers(_SYMBOLS, size=(rows, _COPIED))
    others = generator.integers(_SYMBOLS, 2 * _SYMBOLS, size=(rows, distance))
    asked = np.tile(2 * _SYMBOLS + np.arange(_COPIED), (rows, 1))
    return Batch(one_hot(np.concatenate((copied, others, asked), axis=1), 2 * _SYMBOLS + _COPIED), torch.tensor(copied))


def adding_batch(generator: np.random.Generator, rows: int, distance: int) -> Batch:
    """Numbers and marks."""
    values, marks = generator.random((rows, distance)), np.zeros((rows, distance))
    for low, high in ((0, distance // 2), (distance // 2, distance)):
        marks[np.arange(rows), generator.integers(low, high, rows)] = 1
    sequences = np.stack((values, marks), axis=2)
    return Batch(torch.tensor(sequences).float(), torch.tensor((values * marks).sum(axis=1, keepdims=True)).float())


def verb_sentence(generator: np.random.Generator, distance: int) -> list[str]:
    """A subject, words in between, and the verb."""
    plural = bool(generator.integers(2))
    return ["the", noun(generator, plural), *between(generator, distance, noun), "are" if plural else "is"]


def language_sentence(generator: np.random.Generator, distance: int) -> list[str]:
    """A country, words in between, and its language."""
    own = country(generator)
    return [
        "I",
        "grew",
        "up",
        "in",
        own,
        *between(generator, distance, country),
        "I",
        "speak",
        "fluent",
        COUNTRIES[own],
    ]


def noun(generator: np.random.Generator, plural: bool | None = None) -> str:
    """A noun, of either number."""
    plural = bool(generator.integers(2)) if plural is None else plural
    return NOUNS[generator.integers(len(NOUNS))] + "s" * plural


def country(generator: np.random.Generator) -> str:
    """Any country."""
    return list(COUNTRIES)[generator.integers(len(COUNTRIES))]


def between(
    generator: np.random.Generator, distance: int, misleading: Callable[[np.random.Generator], str]
) -> list[str]:
    """Words of which one in ten is misleading."""
    words = [BETWEEN[number] for number in generator.integers(len(BETWEEN), size=distance)]
    for place in np.flatnonzero(generator.random(distance) < 0.1):
        words[place] = misleading(generator)
    return words


def sentences(*kinds: Callable[[np.random.Generator, int], list[str]]) -> Callable[..., Batch]:
    """The batch of sentences of one of `kinds`, drawn for the batch; the last word is the answer."""

    def batch(generator: np.random.Generator, rows: int, distance: int) -> Batch:
        kind = kinds[generator.integers(len(kinds))]
        ids = np.array([[_IDS[word] for word in kind(generator, distance)] for _ in range(rows)])
        return Batch(one_hot(ids[:, :-1], len(_IDS)), torch.tensor(ids[:, -1:]))

    return batch


def one_hot(ids: np.ndarray, size: int) -> Tensor:
    """(B, T) -> (B, T, size)."""
    return functional.one_hot(torch.tensor(ids), size).float()


class Reader(nn.Module):
    """One layer and the answer that is read from its last states."""

    def __init__(self, cell: Cell, hidden: int, task: Task) -> None:
        super().__init__()
        config = ModelConfig(1, 1, cell=cell, forget_bias=_FORGET_BIAS)
        self.layer = RecurrentLayer(config, task.inputs, hidden, bidirectional=False)
        self.output = nn.Linear(hidden, task.outputs)

    def forward(self, batch: Batch) -> Tensor:
        """(B, K, outputs)."""
        outputs, _ = self.layer(batch.sequences)
        answers: Tensor = self.output(outputs[:, -batch.answers.shape[1] :])
        return answers

    def parameter_count(self) -> int:
        """All of them."""
        return sum(parameter.numel() for parameter in self.parameters())


def loss_of(answers: Tensor, batch: Batch) -> Tensor:
    """Squared error of numbers, cross-entropy of classes."""
    if batch.answers.is_floating_point():
        return functional.mse_loss(answers[:, :, 0], batch.answers)
    return functional.cross_entropy(answers.flatten(0, 1), batch.answers.flatten())


def accuracy(model: Reader, task: Task, distance: int) -> float:
    """Share of sequences answered right."""
    batch = task.batch(np.random.default_rng(distance), _TESTED, distance)
    with torch.no_grad():
        answers = model(batch)
    if batch.answers.is_floating_point():
        right = (answers[:, :, 0] - batch.answers).abs() <= _CLOSE
    else:
        right = answers.argmax(dim=2) == batch.answers
    return right.all(dim=1).float().mean().item()


def trained(task: Task, cell: Cell, updates: int, seed: int) -> Reader:
    """A model after all updates."""
    torch.manual_seed(seed)
    generator = np.random.default_rng(seed)
    model = Reader(cell, hidden_size(cell, task), task)
    rate = _RATES[cell]
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    for update in range(updates):
        longest = DISTANCES[0] + round((DISTANCES[-1] - DISTANCES[0]) * min(1.0, update / (0.6 * updates)))
        distance = longest if generator.random() < 0.5 else int(generator.integers(2, longest + 1))
        batch = task.batch(generator, _BATCH, distance)
        optimizer.param_groups[0]["lr"] = rate * min(1.0, (updates - update) / (0.3 * updates))
        optimizer.zero_grad()
        torch.autograd.backward(loss_of(model(batch), batch))
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return model


def hidden_size(cell: Cell, task: Task) -> int:
    """H with which `cell` has about the parameters of the LSTM."""
    wanted = Reader("lstm", _LSTM_HIDDEN, task).parameter_count()
    sizes = range(_LSTM_HIDDEN, 4 * _LSTM_HIDDEN)
    return min(sizes, key=lambda hidden: abs(Reader(cell, hidden, task).parameter_count() - wanted))


_RATES: dict[Cell, float] = {"rnn": 0.003, "gru": 0.01, "lstm": 0.01}
"""Learning rates of Adam."""
COPY = Task("copy", copy_batch, 2 * _SYMBOLS + _COPIED, _SYMBOLS, _SYMBOLS**-_COPIED)
ADDING = Task("adding", adding_batch, 2, 1, 2 * _CLOSE - _CLOSE**2)
VERB = Task("verb", sentences(verb_sentence), len(_IDS), len(_IDS), 1 / 2)
LANGUAGE = Task("language", sentences(language_sentence), len(_IDS), len(_IDS), 1 / len(COUNTRIES))
AGREEMENT = Task("agreement", sentences(verb_sentence, language_sentence), len(_IDS), len(_IDS), 0.0)
LEARNED: tuple[tuple[Task, tuple[Task, ...]], ...] = (
    (COPY, (COPY,)),
    (ADDING, (ADDING,)),
    (AGREEMENT, (VERB, LANGUAGE)),
)
"""What is learned, and what is tested of it."""


@click.command(help=__doc__)
@click.option("--updates", default=1200, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--task", "tasks", multiple=True, type=click.Choice(["copy", "adding", "agreement"]))
@click.option("--plot", type=click.Path(path_type=Path), help="SVG file to draw.")
def main(updates: int, seed: int, tasks: Sequence[str], plot: Path | None) -> None:
    """Train every cell on every task, print the tables, draw the plot."""
    torch.set_num_threads(1)
    charts: list[Chart] = []
    for learned, tested in LEARNED:
        if tasks and learned.name not in tasks:
            continue
        scores: dict[str, dict[Cell, list[float]]] = {each.name: {} for each in tested}
        for cell in CELLS:
            began = time.process_time()
            model = trained(learned, cell, updates, seed)
            seconds = time.process_time() - began
            print(f"{learned.name}: {cell}, {model.parameter_count():,} parameters, {seconds:.0f} s", flush=True)
            for each in tested:
                scores[each.name][cell] = [accuracy(model, each, distance) for distance in DISTANCES]
        for each in tested:
            print_table(each, scores[each.name])
            charts.append(chart(each, scores[each.name]))
    if plot:
        plot.write_text(svg_file(charts), encoding="utf-8")


def print_table(task: Task, scores: dict[Cell, list[float]]) -> None:
    """A row a cell."""
    print(f"\n{task.name + ', right, %':<24}" + "".join(f"{distance:>8}" for distance in DISTANCES))
    for cell, row in scores.items():
        print(f"{cell:<24}" + "".join(f"{100 * each:>8.1f}" for each in row))
    print(f"{'chance':<24}" + f"{100 * task.chance:>8.1f}" * len(DISTANCES) + "\n", flush=True)


def chart(task: Task, scores: dict[Cell, list[float]]) -> Chart:
    """A line a cell, and one for chance."""
    rows = [*scores.items(), ("chance", [task.chance] * len(DISTANCES))]
    lines = [
        Line(name, [(distance, 100 * each) for distance, each in zip(DISTANCES, row, strict=True)])
        for name, row in rows
    ]
    caption = f"{task.name}: right, percent"
    return Chart(caption, [line.name for line in lines], line_chart_svg(caption, "steps in between", lines))


if __name__ == "__main__":
    main()
