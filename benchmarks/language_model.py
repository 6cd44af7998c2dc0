"""Measure the language model: the training recipe, cells of equal size, truncation, memory, and speeds.

    python benchmarks/language_model.py speeds memory --text input.txt.gz --work /tmp/lm
    python benchmarks/language_model.py recipe cells truncation --text input.txt.gz --work /tmp/lm

Each part prints a table. The trained parts keep their runs in WORK: said again, the command goes on from there.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from torch import nn

from nmt.language_model import LanguageModel, SampleOptions, score_text
from nmt.language_model.symbols import Characters
from nmt.training.language_model.export import export_language_model
from nmt.training.language_model.network import RecurrentLanguageModel
from nmt.training.language_model.settings import LanguageModelSettings, parse_settings
from nmt.training.language_model.streams import Streams
from nmt.training.language_model.text import MappedIds, encode_text
from nmt.training.language_model.train import LanguageModelRequest, train_language_model
from nmt.training.language_model.trainer import Trainer

RECIPE = ("streams=64", "k=64", "dropout=0.35", "max_updates=2000")
"""Two LSTM layers of 512, 8 epochs of tinyshakespeare."""
SMALL = ("layers=1", "embedding=64", "streams=32", "dropout=0", "max_updates=600", "average_decay=0.99")
CELLS = {"lstm": 128, "gru": 151, "rnn": 269}
"""Hidden sizes at which a layer, its embedding and its output layer have 112,000 parameters for each cell."""
UPDATES = (600, 2400)
CPU = torch.device("cpu")


def recipe(text: Path, work: Path) -> None:
    """Train the recipe, and score its package on the last tenth of the text, as one stream without torch."""
    package = trained(text, work / "recipe", RECIPE)
    model = LanguageModel.load(package)
    valid = (work / "recipe" / "run" / "corpus" / "valid.ids").read_bytes()
    ids = np.frombuffer(valid, dtype=np.uint8).tolist()
    found = score_text(model, [model.symbols.decode(ids)])
    assert found is not None
    row("validation loss in training", "loss of the package", "bits per character", "perplexity")
    row(f"{model.manifest.validation_loss:.4f}", f"{found.loss:.4f}", f"{found.bits_per_character:.4f}",
        f"{found.perplexity:.3f}")  # fmt: skip


def cells(text: Path, work: Path) -> None:
    """Train an LSTM, a GRU and a vanilla RNN of equal parameters, twice: shortly, and four times as long."""
    row("cell", "hidden", "parameters", *(f"loss after {updates} updates" for updates in UPDATES), "characters/s")
    for cell, hidden in CELLS.items():
        overrides = (*SMALL, "k=64", f"cell={cell}", f"hidden={hidden}")
        manifests = [
            LanguageModel.load(trained(text, work / f"{cell}-{each}", (*overrides, f"max_updates={each}"))).manifest
            for each in UPDATES
        ]
        settings = parse_settings(overrides)
        with tempfile.TemporaryDirectory(dir=work) as directory:
            encoded = encode_text([text], [], settings, Path(directory))
            trainer = new_trainer(encoded.train, encoded.symbols.size, settings, Path(directory))
            rate = best_rate(settings.streams * settings.k, trainer.update)
        losses = (f"{each.validation_loss:.4f}" for each in manifests)
        row(cell, hidden, manifests[0].model["parameters"], *losses, f"{rate:,.0f}")


def truncation(text: Path, work: Path) -> None:
    """Train with k = 8, 32 and 128 on equally many symbols an update: streams x k = 2,048."""
    row("k", "streams", "validation loss", "training, s")
    for k in (8, 32, 128):
        place = work / f"k{k}"
        streams = 2048 // k
        package = trained(text, place, (*SMALL, "hidden=128", f"k={k}", f"streams={streams}"))
        row(k, streams, f"{LanguageModel.load(package).manifest.validation_loss:.4f}", f"{seconds(place):.0f}")


def memory(text: Path, work: Path) -> None:
    """Compare the peak of resident memory of trainings on 1 MB and on 100 MB, each in a process of its own."""
    row("text, MB", "peak resident memory, MB")
    for megabytes in (1, 100):
        command = [sys.executable, __file__, "one-memory", "--text", str(text), "--work", str(work)]
        command += ["--megabytes", str(megabytes)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        row(megabytes, done.stdout.strip())


def one_memory(text: Path, work: Path, megabytes: int) -> None:
    """Train on `megabytes` of the text, repeated, and print the peak of resident memory in MB."""
    import gzip

    with tempfile.TemporaryDirectory(dir=work) as directory:
        long = Path(directory) / "long.txt"
        content = gzip.decompress(text.read_bytes())
        with long.open("wb") as file:
            while file.tell() < megabytes * 1_000_000:
                file.write(content[: megabytes * 1_000_000 - file.tell()])
        del content
        settings = parse_settings([*SMALL, "hidden=128", "max_updates=400", "held_out=0.001"])
        encoded = encode_text([long], [], settings, Path(directory))
        trainer = new_trainer(encoded.train, encoded.symbols.size, settings, Path(directory))
        for number in range(400):
            # Jump through the whole text, so that its pages are touched as in whole epochs.
            trainer.position.batch = number * len(trainer.text) // 400
            trainer.update()
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.1f}")


def speeds(text: Path, work: Path) -> None:
    """Measure training beside a plain loop, and sampling and scoring of one stream; characters per processor second."""
    training_speed(text, work)
    row("layers x units", "precision", "sampling", "with top-p 0.9", "scoring")
    for layers, hidden, int8 in ((1, 512, True), (1, 512, False), (2, 512, True), (2, 256, True), (1, 128, True)):
        settings = parse_settings([f"layers={layers}", f"hidden={hidden}"])
        symbols = Characters("".join(map(chr, range(32, 96))))
        model = RecurrentLanguageModel(settings, symbols.size)
        with tempfile.TemporaryDirectory() as directory:
            export_language_model(Path(directory) / "package", model, symbols, settings, 1.0, int8)
            loaded = LanguageModel.load(Path(directory) / "package")
        rates = stream_rates(loaded)
        row(f"{layers} x {hidden}", "int8" if int8 else "float32", *(f"{rate:,.0f}" for rate in rates))


def stream_rates(model: LanguageModel) -> list[float]:
    """Return characters per processor second of sampling, sampling with top-p, and scoring, all of one stream."""

    def sampling(options: SampleOptions) -> Callable[[], object]:
        return lambda: "".join(model.sample("A", 4000, options))

    content = "THE CAT. " * 500
    return [
        best_rate(4000, sampling(SampleOptions())),
        best_rate(4000, sampling(SampleOptions(top_p=0.9))),
        best_rate(len(content), lambda: score_text(model, [content])),
    ]


def training_speed(text: Path, work: Path) -> None:
    """Time pairs of a chunk by our trainer and by a plain loop, at equal sizes, in turns."""
    row("layers x units, streams x k", "plain loop", "ours", "median ratio of pairs")
    for layers, hidden, streams, k in ((2, 512, 64, 64), (1, 128, 32, 64)):
        settings = parse_settings(
            [f"layers={layers}", f"hidden={hidden}", f"streams={streams}", f"k={k}", "embedding=128", "dropout=0.3"]
        )
        with tempfile.TemporaryDirectory(dir=work) as directory:
            encoded = encode_text([text], [], settings, Path(directory))
            ours = new_trainer(encoded.train, encoded.symbols.size, settings, Path(directory))
            plain = plain_loop(Streams(encoded.train, streams, k), encoded.symbols.size, settings)
            pairs = [(processor_seconds(plain), processor_seconds(ours.update)) for _ in range(8)][2:]
        symbols = streams * k
        rates = [symbols / np.median([pair[side] for pair in pairs]) for side in (0, 1)]
        ratio = np.median([one / other for one, other in pairs])
        row(f"{layers} x {hidden}, {streams} x {k}", *(f"{rate:,.0f}" for rate in rates), f"{ratio:.2f}")


def plain_loop(streams: Streams, vocabulary: int, settings: LanguageModelSettings) -> Callable[[], None]:
    """Return an update as char-rnn's: torch.nn.LSTM, cross-entropy, clipping and Adam in float32."""
    embedding = nn.Embedding(vocabulary, settings.embedding)
    lstm = nn.LSTM(
        settings.embedding, settings.hidden, settings.layers, batch_first=True,
        dropout=settings.dropout if settings.layers > 1 else 0.0,
    )  # fmt: skip
    output = nn.Linear(settings.hidden, vocabulary)
    modules = nn.ModuleList([embedding, lstm, output])
    optimizer = torch.optim.Adam(modules.parameters(), lr=settings.learning_rate)
    zero = torch.zeros(settings.layers, settings.streams, settings.hidden)
    carried = [zero, zero]
    number = 0

    def update() -> None:
        nonlocal number
        chunk = streams.chunk(number)
        number += 1
        hidden, state = lstm(embedding(chunk.inputs), tuple(carried))
        carried[:] = [part.detach() for part in state]
        loss = nn.functional.cross_entropy(output(hidden).flatten(0, 1), chunk.targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(modules.parameters(), settings.clip_norm)
        optimizer.step()

    return update


def trained(text: Path, place: Path, overrides: tuple[str, ...]) -> Path:
    """Train, or go on, or do nothing if it is done; return the package."""
    request = LanguageModelRequest((text,), (), place / "package", place / "run")
    request.run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    train_language_model(request, parse_settings(overrides), CPU, Console(stderr=True))
    return request.output


def seconds(place: Path) -> float:
    """Return the time spent training, from the log."""
    events = map(json.loads, (place / "run" / "log.jsonl").read_text().splitlines())
    return max(event["seconds"] for event in events if event["event"] == "update")


def new_trainer(ids: MappedIds, vocabulary: int, settings: LanguageModelSettings, run: Path) -> Trainer:
    """Return a trainer of a new model on `ids`."""
    torch.manual_seed(settings.seed)
    model = RecurrentLanguageModel(settings, vocabulary)
    return Trainer(model, Streams(ids, settings.streams, settings.k), settings, CPU, run, "")


def processor_seconds(work: Callable[[], object]) -> float:
    """Return the processor seconds of `work`, which other processes on the same core do not add to."""
    started = time.process_time()
    work()
    return time.process_time() - started


def best_rate(characters: int, work: Callable[[], object]) -> float:
    """Return characters per processor second, of the best of five runs."""
    work()
    return characters / min(processor_seconds(work) for _ in range(5))


def row(*cells: object) -> None:
    """Print a row of a table."""
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


PARTS = {"recipe": recipe, "cells": cells, "truncation": truncation, "memory": memory, "speeds": speeds}


def main() -> None:
    """Run the parts named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="+", choices=[*PARTS, "one-memory"])
    parser.add_argument("--text", type=Path, required=True, help="the text, gzipped")
    parser.add_argument("--work", type=Path, default=Path("/tmp/language-model"))
    parser.add_argument("--megabytes", type=int, default=1)
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)
    for part in arguments.parts:
        if part == "one-memory":
            one_memory(arguments.text, arguments.work, arguments.megabytes)
        else:
            print(f"\n{part}", flush=True)
            PARTS[part](arguments.text, arguments.work)


if __name__ == "__main__":
    main()
