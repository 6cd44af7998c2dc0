"""Dry run: read the corpus as training does, and print all settings, sizes and the time. Nothing is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nmt.corpus.batching import token_batches
from nmt.corpus.check.output.wording import training_time
from nmt.corpus.test_sets import read_test_set
from nmt.model import Seq2Seq
from nmt.training.data.prepare import PreparedCorpus
from nmt.training.distillation.corpus import check_teachers, student_preset
from nmt.training.export.fine_tuning_weights import pack_weights
from nmt.training.export.graphs import attention_graph, encoder_graph, model_arrays, step_graph, weights_of
from nmt.training.fine_tuning.prepare import prepare_with_settings
from nmt.training.optimization.initialization import new_model
from nmt.training.run.files import UNTAUGHT
from nmt.training.settings.resolved import preset_summary
from nmt.training.settings.settings import Settings
from nmt.training.time_estimate import measured_time
from nmt.training.train import TrainRequest


def dry_run(
    request: TrainRequest, settings: Settings, device: torch.device, console: Console, begun: bool, processes: int
) -> None:
    """Print what `train_package` would do, and raise what it would raise for the sources and the settings.

    `begun` means that a training in the run directory would resume, with its own preset. `processes` is the number of
    training processes.
    """
    if begun:
        check_teachers(request.run, request.teachers)
    tests = [read_test_set(spec, request.sources.direction, str(spec)) for spec in request.test]
    with _place(request) as place:
        run = request.run if begun else place
        corpus, complete = prepare_with_settings(settings, request.sources, run, request.start, place, processes)
        lines = corpus.report()
        lines += map(str, tests)
        if request.teachers:
            lines.append(_taught(corpus, len(request.teachers)))
            lines += [f"Monolingual text: {path}, to be translated back" for path in request.sources.monolingual]
            if not begun:
                complete = complete.with_preset(student_preset(complete, len(request.teachers)))
        for line in [*lines, preset_summary(complete, corpus.stored.pairs)]:
            console.print(Text(line))
        console.print(_table(complete))
        for line in _sizes_and_time(request, corpus, complete, device, processes):
            console.print(Text(line))
    if begun:
        console.print(Text(f"A training in {request.run} has begun; without --dry-run it goes on from its checkpoint."))
    console.print(Text("This was a dry run: nothing was trained, and nothing is kept."))


@contextmanager
def _place(request: TrainRequest) -> Iterator[Path]:
    """Yield a directory for the encoded corpus, on the disk of the run directory, where training needs room anyway."""
    if request.sources.keep:
        yield request.run / UNTAUGHT if request.teachers else request.run
        return
    near = next(folder for folder in request.run.absolute().parents if folder.is_dir())
    with tempfile.TemporaryDirectory(prefix=".dry-run-", dir=near) as place:
        yield Path(place)


def _taught(corpus: PreparedCorpus, teachers: int) -> str:
    pairs = len(corpus.train)
    return (
        f"Teachers: {teachers}, whose translations are up to {teachers * pairs:,} more pairs to train on. Batches, "
        f"epochs and how often a pair is seen are given for the text alone, and the time is without translating it"
    )


def _table(settings: Settings) -> Table:
    table = Table("setting", "value", "from", title="Settings")
    for name, value in settings.values().items():
        origin = settings.origin(name)
        written = str(value).lower() if isinstance(value, bool) else str(value)
        table.add_row(Text(name), Text(written), Text(origin, style="dim" if origin == "default" else ""))
    return table


def _sizes_and_time(
    request: TrainRequest, corpus: PreparedCorpus, settings: Settings, device: torch.device, processes: int
) -> Iterator[str]:
    tokenizers = corpus.source_tokenizer, corpus.target_tokenizer
    sizes = tokenizers[0].vocabulary_size, tokenizers[1].vocabulary_size
    joint = tokenizers[0] is tokenizers[1]
    yield (
        f"Vocabulary: {sizes[0]:,} subwords of both languages"
        if joint
        else (f"Vocabularies: {sizes[0]:,} subwords of the source, {sizes[1]:,} of the target")
    )
    model = new_model(settings.model_config(*sizes)).eval()
    parameters = model.parameter_count()
    int8 = request.precision == "int8"
    served = _served_bytes(model, int8)
    yield (
        f"Model: {parameters:,} parameters; the package has about {served / 1e6:.1f} MB to serve, beside its short "
        f"lists, and {len(pack_weights(model, int8)) / 1e6:.1f} MB of weights to train further"
    )
    config = settings.training
    batches = len(token_batches(corpus.train, config.batch_tokens, np.random.default_rng(config.seed)))
    yield (
        f"Batches: {batches:,} an epoch of {len(corpus.train):,} pairs; {config.max_updates:,} updates are "
        f"{processes * config.max_updates / batches:.1f} epochs"
    )
    stored = corpus.stored
    time = measured_time(corpus.train, sizes, stored.pairs, stored.too_long / stored.pairs, settings, device)
    yield f"Time: {training_time(replace(time, epochs=processes * time.epochs))}"


def _served_bytes(model: Seq2Seq, int8: bool) -> int:
    """Return the size of the exported files in bytes; that the weights are untrained changes little."""
    config, weights = model.config, weights_of(model)
    graphs = [encoder_graph(config, weights, int8), step_graph(config, weights, int8)]
    if config.attention != "none":
        graphs.append(attention_graph(config, weights, int8))
    return sum(map(len, [*graphs, model_arrays(config, weights, int8)]))
