"""What preparing a corpus takes, in time, memory and disk, as it grows: generated pairs, read, cleaned and encoded.

python benchmarks/corpus_memory.py 100000 1000000 10000000

Each size runs in a process of its own. `private` is the most memory that only the process has; resident memory has,
beside it, pages of the mapped ids, which the kernel drops when it needs them. The first line is a process that has
only imported what the others need. `epoch` is the time to lay out an epoch in batches, `again` that of a second start,
which finds the ids encoded. Linux only.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import click
import numpy as np

from nmt.corpus import CorpusSpec, Direction
from nmt.corpus.batching import token_batches
from nmt.training.data.prepare import Sources, prepare
from nmt.training.settings.config import DataConfig

VOCABULARY_PAIRS = 20_000
"""Few, so that learning the vocabulary, which takes as much for any size, does not hide the rest."""
BATCH_TOKENS = 4000
_MEASURE = "--measure"
"""How this script calls itself for one size."""


@click.command(help=__doc__)
@click.argument("sizes", type=int, nargs=-1, required=True)
@click.option("--work", type=click.Path(path_type=Path), help="Where to write [default: a temporary directory].")
def main(sizes: tuple[int, ...], work: Path | None) -> None:
    """Print a line for each number of pairs."""
    print("     pairs   text MB  prepare s  us/pair  epoch s   again s  private MB  resident MB  disk MB")
    with tempfile.TemporaryDirectory(dir=work) as name:
        for size in (0, *sizes):
            file = Path(name) / f"{size}.tsv"
            generate(file, size)
            subprocess.run([sys.executable, __file__, _MEASURE, str(file), str(size)], check=True)
            file.unlink()


def measure(file: Path, count: int) -> None:
    """Print the line of the `count` pairs in `file`."""
    peak = PeakPrivate()
    if not count:
        print(f"{0:10,}{'':48}{peak.megabytes():12.0f}{resident_peak():13.0f}", flush=True)
        return
    run = file.with_suffix(".run")
    config = DataConfig(vocabulary_pairs=VOCABULARY_PAIRS)
    sources = Sources((CorpusSpec((file,)),), Direction("en", "xx"))
    started = time.perf_counter()
    corpus = prepare(config, sources, run)
    prepared = time.perf_counter()
    token_batches(corpus.train, BATCH_TOKENS, np.random.default_rng((1, 0)))
    laid_out = time.perf_counter()
    prepare(config, sources, run).fingerprint()
    again = time.perf_counter()
    disk = sum(path.stat().st_size for path in run.rglob("*") if path.is_file())
    print(
        f"{count:10,}{file.stat().st_size / 1e6:10.0f}{prepared - started:11.1f}"
        f"{(prepared - started) / count * 1e6:9.1f}{laid_out - prepared:9.1f}{again - laid_out:10.1f}"
        f"{peak.megabytes():12.0f}{resident_peak():13.0f}{disk / 1e6:9.0f}",
        flush=True,
    )
    shutil.rmtree(run)


def generate(path: Path, count: int) -> None:
    """Write `count` pairs, nearly all different, of words as frequent as words are (Zipf)."""
    generator = random.Random(1)
    words = [
        ["".join(generator.choices(letters, k=2 + n % 8)) for n in range(20_000)] for letters in ("aeinrst", "adeghilm")
    ]
    frequencies = [1 / (rank + 1) for rank in range(20_000)]
    texts = [generator.choices(side, frequencies, k=1_000_000) for side in words]
    with path.open("w", encoding="utf-8") as stream:
        for _ in range(count):
            start, length = generator.randrange(999_980), generator.randint(3, 14)
            source, target = (" ".join(text[start : start + length]) for text in texts)
            stream.write(f"{source} {generator.randrange(1000)}\t{target}\n")


class PeakPrivate:
    """Watches how much memory the process has for itself."""

    def __init__(self) -> None:
        self._peak = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def megabytes(self) -> float:
        """The most so far."""
        self._look()
        return self._peak / 1e6

    def _watch(self) -> None:
        while True:
            self._look()
            time.sleep(0.02)

    def _look(self) -> None:
        self._peak = max(self._peak, status("RssAnon"))


def resident_peak() -> float:
    """MB."""
    return status("VmHWM") / 1e6


def status(name: str) -> int:
    """A value of /proc/self/status in bytes."""
    return 1024 * int(re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())[1])


if __name__ == "__main__":
    if sys.argv[1:2] == [_MEASURE]:
        measure(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
