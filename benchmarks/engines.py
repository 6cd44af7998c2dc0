"""The compiled decoder beside ONNX Runtime: the same package, sentences and thread, in processes that take turns.

python benchmarks/engines.py models/en-de data/tatoeba/en-de/test.en.gz

Times are processor seconds of the process, so that other work on the machine counts less, though it still takes
caches and clock. `one` is a sentence at a time. `start` is from the start of the process to its first answer.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

_BATCH = 64
_ALONE = 60
"""Sentences that are translated one at a time."""


@click.command(help=__doc__)
@click.argument("package", type=click.Path(exists=True, path_type=Path))
@click.argument("text", type=click.Path(exists=True, path_type=Path))
@click.option("--sentences", default=600, show_default=True)
@click.option("--rounds", default=3, show_default=True)
@click.option("--engine", "engines", multiple=True, default=("amx", "avx512vnni", "avx2", "none"), show_default=True)
@click.option("--child", is_flag=True, hidden=True)
def main(package: Path, text: Path, sentences: int, rounds: int, engines: Sequence[str], child: bool) -> None:
    """Run the engines in turns, each in a process of its own, and print the medians."""
    if child:
        print(json.dumps(figures(package, text, sentences)))
        return
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in engines}
    for _ in range(rounds):
        for name in engines:
            runs[name].append(run(name, package, text, sentences))
    columns = list(runs[engines[0]][0])
    print(f"{sentences} sentences of {text.name}, one thread, medians of {rounds}; none is ONNX Runtime")
    print(f"{'engine':<12}" + "".join(f"{name:>18}" for name in columns))
    for name, results in runs.items():
        medians = [statistics.median(result[column] for result in results) for column in columns]
        print(f"{name:<12}" + "".join(f"{value:>18.3g}" if value < 100 else f"{value:>18.0f}" for value in medians))


def run(engine: str, package: Path, text: Path, sentences: int) -> dict[str, float]:
    """Return the figures of one process."""
    command = [sys.executable, __file__, str(package), str(text), f"--sentences={sentences}", "--child"]
    environment = {**os.environ, "NMT_INSTRUCTION_SET": engine, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def figures(path: Path, text: Path, sentences: int) -> dict[str, float]:
    """Measure this process."""
    from nmt.runtime import Translator

    with gzip.open(text, "rt", encoding="utf-8") as stream:
        lines = stream.read().splitlines()[:sentences]
    found: dict[str, float] = {}
    with Translator.load(path, threads=1) as translator:
        translator.translate(lines[:1])
        found["start s"] = time.process_time()
        for beam in (1, 5):
            translator.translate(lines[:_BATCH], beam_size=beam)
            begun, tokens = time.process_time(), 0
            for first in range(0, len(lines), _BATCH):
                results = translator.translate(lines[first : first + _BATCH], beam_size=beam)
                tokens += sum(len(each.translations[0].token_log_probs) for each in results)
            found[f"beam {beam} tokens/s"] = tokens / (time.process_time() - begun)
        for beam in (1, 5):
            times = []
            for line in lines[:_ALONE]:
                begun = time.process_time()
                translator.translate([line], beam_size=beam)
                times.append(time.process_time() - begun)
            found[f"beam {beam} one ms"] = 1e3 * statistics.median(times)
    found["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return found


if __name__ == "__main__":
    main()
