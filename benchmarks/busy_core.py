"""What a stranger costs: batch and single-sentence speed while another process keeps one processor busy.

python benchmarks/busy_core.py models/en-de data/tatoeba/en-de/test.en.gz
"""

from __future__ import annotations

import gzip
import statistics
import subprocess
import sys
import time
from pathlib import Path

import click

from nmt.runtime import Translator

_ROUNDS = 5
_SINGLES = 100


@click.command(help=__doc__)
@click.argument("package", type=click.Path(exists=True, path_type=Path))
@click.argument("text", type=click.Path(exists=True, path_type=Path))
def main(package: Path, text: Path) -> None:
    """Print the table; idle and busy take turns."""
    with gzip.open(text, "rt", encoding="utf-8") as stream:
        sentences = stream.read().splitlines()
    with Translator.load(package) as translator:
        translator.translate(sentences[:200], beam_size=1)
        rounds = [(measure(translator, sentences), beside_a_stranger(translator, sentences)) for _ in range(_ROUNDS)]
    print(f"{len(sentences)} sentences, greedy; medians of {_ROUNDS} rounds")
    print(f"{'':<16}{'idle':>12}{'one core busy':>16}{'times':>8}")
    for index, name in enumerate(("batch, s", "one, ms")):
        idle = statistics.median(quiet[index] for quiet, _ in rounds)
        busy = statistics.median(loud[index] for _, loud in rounds)
        print(f"{name:<16}{idle:>12.2f}{busy:>16.2f}{busy / idle:>8.2f}")


def measure(translator: Translator, sentences: list[str]) -> tuple[float, float]:
    """Seconds for all together, and median milliseconds one at a time."""
    start = time.perf_counter()
    translator.translate(sentences, beam_size=1)
    together = time.perf_counter() - start
    singles = []
    for sentence in sentences[:_SINGLES]:
        start = time.perf_counter()
        translator.translate([sentence], beam_size=1)
        singles.append(time.perf_counter() - start)
    return together, 1e3 * statistics.median(singles)


def beside_a_stranger(translator: Translator, sentences: list[str]) -> tuple[float, float]:
    """The same while a process of one thread never rests."""
    stranger = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        return measure(translator, sentences)
    finally:
        stranger.kill()
        stranger.wait()


if __name__ == "__main__":
    main()
