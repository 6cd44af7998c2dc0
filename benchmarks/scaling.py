"""How the cost of a sentence grows: with the batch, the source length, the vocabulary and the hidden size.

python benchmarks/scaling.py --plot docs/cost.svg

The compiled decoder alone, without text: models with random weights, int8, greedy, one thread; every sentence gets as
many target subwords as it has source subwords. Unless a column says otherwise: 64 sentences at a time of 16 subwords,
embedding 256, encoder 2 x 256, decoder 512, vocabularies of 8,000, short lists of about 900 words.
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import torch
from matplotlib.figure import Figure

from nmt.decoding import DecodingOptions
from nmt.model import ModelConfig, Seq2Seq
from nmt.runtime.native import NativeEngine
from nmt.runtime.native.library import installed_library
from nmt.runtime.native.shape import Shape
from nmt.runtime.native.weights import read_weights
from nmt.runtime.running_batch import Sentence, Source
from nmt.runtime.short_lists import ShortLists
from nmt.training.export.graphs import encoder_graph, model_arrays, step_graph, weights_of
from tokenizer import END_ID, PAD_ID

_ROUNDS = 5
_NEVER = -1e9
"""The bias of <END>, so that each sentence runs to its length limit."""


@dataclass(frozen=True)
class Case:
    """One measurement's sizes."""

    batch: int = 64
    length: int = 16
    vocabulary: int = 8000
    hidden: int = 512
    short_lists: bool = True


_VOCABULARIES = (2000, 4000, 8000, 16000, 32000)
AXES: list[tuple[str, list[int], list[Case]]] = [
    ("sentences at a time", sizes := [2**power for power in range(10)], [Case(batch=size) for size in sizes]),
    ("source subwords", sizes := [5, 10, 20, 50, 100, 200], [Case(length=size) for size in sizes]),
    ("vocabulary", list(_VOCABULARIES), [Case(vocabulary=size) for size in _VOCABULARIES]),
    (
        "vocabulary, no short lists",
        list(_VOCABULARIES),
        [Case(vocabulary=size, short_lists=False) for size in _VOCABULARIES],
    ),
    ("decoder hidden size", sizes := [256, 512, 768, 1024], [Case(hidden=size) for size in sizes]),
]


def build(case: Case) -> NativeEngine:
    """A model with random weights."""
    library = installed_library()
    if library is None:
        raise click.ClickException("the compiled decoder is absent")
    torch.manual_seed(0)
    size, hidden = case.vocabulary, case.hidden
    config = ModelConfig(size, size, encoder_hidden=hidden // 2, decoder_hidden=hidden)
    model = Seq2Seq(config, PAD_ID).eval()
    with torch.no_grad():
        model.output.bias[END_ID] = _NEVER
    weights = weights_of(model)
    lists = None
    if case.short_lists:
        neighbours = (7 * np.arange(size)[:, np.newaxis] + np.arange(20)) % size
        lists = ShortLists(np.union1d(np.arange(4, 604), [END_ID]), neighbours, size)
    shape = Shape.model_validate({**config.to_dict(), "precision": "int8"})
    with np.load(io.BytesIO(model_arrays(config, weights, True, lists))) as arrays:
        read = read_weights(
            shape, encoder_graph(config, weights, True), step_graph(config, weights, True), dict(arrays)
        )
    if read is None:
        raise click.ClickException("the compiled decoder does not know the exported graphs")
    return NativeEngine(library, read)


def milliseconds(case: Case, engine: NativeEngine) -> float:
    """For one sentence: the median over rounds of whole batches."""
    generator = np.random.default_rng(0)
    count = max(1, 128 // case.batch)
    seconds = []
    for _ in range(_ROUNDS + 1):
        start = time.perf_counter()
        for _ in range(count):
            batch = engine.new_batch()
            sources = generator.integers(4, case.vocabulary, (case.batch, case.length)).tolist()
            searches = [engine.new_search(DecodingOptions(1), case.length) for _ in sources]
            batch.admit([Sentence(Source(ids, ids), each) for ids, each in zip(sources, searches, strict=True)])
            while batch.sentences:
                batch.step()
        seconds.append((time.perf_counter() - start) / (count * case.batch))
    return 1e3 * statistics.median(seconds[1:])


@click.command(help=__doc__)
@click.option("--plot", type=click.Path(path_type=Path), help="SVG file to draw.")
def main(plot: Path | None) -> None:
    """Measure every axis, print the tables, draw the plot."""
    figure = Figure(figsize=(16, 3.2), layout="constrained")
    for panel, (label, sizes, cases) in zip(figure.subplots(1, len(AXES)), AXES, strict=True):
        times = [milliseconds(case, build(case)) for case in cases]
        print_table(label, sizes, times)
        panel.plot(sizes, times, marker="o")
        panel.set(xlabel=label, ylabel="ms a sentence", ylim=(0, None))
        if sizes[0] == 1:
            panel.set_xscale("log", base=2)
    if plot:
        figure.savefig(plot)


def print_table(label: str, sizes: Sequence[int], times: Sequence[float]) -> None:
    """Two rows."""
    print(f"\n{label:<36}" + "".join(f"{size:>8}" for size in sizes))
    print(f"{'ms a sentence':<36}" + "".join(f"{each:>8.2f}" for each in times), flush=True)


if __name__ == "__main__":
    main()
