"""How near the compiled decoder comes to the processor's int8 peak: one thread, greedy, batches of 64 sentences.

python benchmarks/peak_share.py models/en-de data/tatoeba/en-de/test.en.gz

The peak is what the dot instruction of the instruction set reaches on registers, measured in turns with the decoding,
because the clock of a shared machine changes. The share is the time that the useful products would take at the peak
over the processor time of everything, text included. Useful are the products of each layer with each source subword or
output subword, and of the output layer with the words that a sentence may use. What the table of a word costs is not,
though rare words are multiplied with it.
"""

from __future__ import annotations

import ctypes
import gzip
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from nmt.runtime import ModelPackage, TranslationResult, Translator
from nmt.runtime.manifest import ARRAYS
from nmt.runtime.native.compiling import INSTRUCTION_SETS, OPTIONS, SOURCES, machine, zig_compiler
from nmt.runtime.native.library import SETTING, installed_library
from nmt.runtime.native.shape import Shape

_BATCH = 64
_ROUNDS = 5
_PEAK_SECONDS = 0.05


@click.command(help=__doc__)
@click.argument("path", metavar="PACKAGE", type=click.Path(exists=True, path_type=Path))
@click.argument("text", type=click.Path(exists=True, path_type=Path))
@click.option("--set", "instruction_set", help="Instruction set. Without it the best of the processor.")
def main(path: Path, text: Path, instruction_set: str | None) -> None:
    """Decode and measure the peak in turns; print the table."""
    if instruction_set:
        os.environ[SETTING] = instruction_set
    library = installed_library()
    if library is None:
        raise click.ClickException("the compiled decoder is absent")
    with gzip.open(text, "rt", encoding="utf-8") as stream:
        lines = stream.read().splitlines()
    peak = Peak(library.instruction_set)
    shares, rates = [], []
    with Translator.load(path, threads=1) as translator:
        results = decode(translator, lines)
        products = useful(path, lines, results)
        useful_products = sum(rows * inputs * outputs for (inputs, outputs), rows in products.items())
        for _ in range(_ROUNDS):
            before = peak.rate()
            begun = time.process_time()
            decode(translator, lines)
            seconds = time.process_time() - begun
            rates.append((before + peak.rate()) / 2)
            shares.append(useful_products / rates[-1] / seconds)
    print(f"{library.instruction_set}, {len(lines)} sentences; {_ROUNDS} rounds")
    print(f"{'weight':<14}{'rows':>9}{'G multiply-adds':>18}")
    for (inputs, outputs), rows in products.items():
        print(f"{f'{inputs} x {outputs}':<14}{rows:>9.0f}{rows * inputs * outputs / 1e9:>18.2f}")
    print(
        f"peak {statistics.median(rates) / 1e9:.0f} G multiply-adds/s "
        f"({min(rates) / 1e9:.0f} to {max(rates) / 1e9:.0f})"
    )
    print(f"share of the peak {statistics.median(shares):.0%} ({min(shares):.0%} to {max(shares):.0%})")


class Peak:
    """The dot instruction of an instruction set, compiled by itself."""

    def __init__(self, instruction_set: str) -> None:
        options = INSTRUCTION_SETS[machine()][instruction_set]
        with tempfile.TemporaryDirectory() as directory:
            output = Path(directory) / "peak.so"
            command = [*zig_compiler(), *OPTIONS, *options, "-fvisibility=default", f"-I{SOURCES}"]
            source = Path(__file__).with_name("peak.c")
            command += ["-DINSTRUCTION_SET=peak", "-shared", str(source), "-o", str(output)]
            subprocess.run(command, check=True)
            self._library = ctypes.CDLL(str(output))
        self._library.round_size.restype = ctypes.c_int64
        self._library.dot_rounds.argtypes = (ctypes.c_int64,)
        self._size = self._library.round_size()

    def rate(self) -> float:
        """Return the multiply-adds per second, the best of some short runs."""
        rounds, best = 10_000, 0.0
        begun = time.process_time()
        while time.process_time() - begun < _PEAK_SECONDS:
            start = time.perf_counter()
            self._library.dot_rounds(rounds)
            best = max(best, rounds * self._size / (time.perf_counter() - start))
        return best


def decode(translator: Translator, lines: Sequence[str]) -> list[TranslationResult]:
    """Translate greedily, a batch at a time."""
    return [
        result
        for first in range(0, len(lines), _BATCH)
        for result in translator.translate(lines[first : first + _BATCH], beam_size=1)
    ]


def useful(path: Path, lines: Sequence[str], results: Sequence[TranslationResult]) -> dict[tuple[int, int], float]:
    """Return how many rows must meet each weight (I, O): those of the encoder each source subword with its <END>, those
    of a step each output subword. The output layer counts as a weight of the words open on average."""
    package = ModelPackage.open(path)
    shape = Shape.model_validate(package.manifest.model)
    sources = sum(result.source_subwords + 1 for result in results)
    written = [len(result.translations[0].token_log_probs) for result in results]
    layers = list(shape.products())
    of_encoder = shape.encoder_layers * shape.directions + (shape.attention != "none")
    if shape.cell == "gru":
        of_encoder += (shape.encoder_layers - 1) * shape.directions
    rows: dict[tuple[int, int], float] = {}
    for number, layer in enumerate(layers):
        rows[layer] = rows.get(layer, 0) + (sources if number < of_encoder else sum(written))
    words = open_words(package, lines)
    mean = round(sum(count * steps for count, steps in zip(words, written, strict=True)) / sum(written))
    rows[shape.embedding_size, mean] = sum(written)
    return rows


def open_words(package: ModelPackage, lines: Sequence[str]) -> list[int]:
    """Return how many target subwords each sentence may use."""
    vocabulary = package.manifest.vocabulary
    source, target = package.tokenizers()
    with package.open_file(ARRAYS) as file, np.load(file) as stored:
        if "short_list.always" not in stored:
            return [vocabulary.target.size] * len(lines)
        always, translations = stored["short_list.always"], stored["short_list.translations"]
    counts = []
    for line in lines:
        core = line.strip()
        own = {int(word) for word in translations[source.encode(core)].ravel() if word < vocabulary.target.size}
        counts.append(len(own.union(map(int, always), target.encode(core))))
    return counts


if __name__ == "__main__":
    main()
