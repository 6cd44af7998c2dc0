"""How long a look-up in a translation memory takes, by the number of its units and by what is looked up.

    python benchmarks/translation_memory.py --units 1000000 ../shared/data

The units are the distinct English sentences in the `train.en.gz` below the directory, shuffled. Looked up are 2,000 of
each kind: `equal` are sources of units, `edited` are those with one word replaced, `new` are sentences of `test.en.gz`.
Times are of the processor, in milliseconds; the file is the one that `nmt memory import` writes.
"""

from __future__ import annotations

import argparse
import gzip
import random
import resource
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from nmt.memory import Memory

LOOKED_UP = 2_000
AT_ONCE = 20_000
PAIR = "en", "de"
OTHER_WORDS = ("blue", "often", "Anna", "winter")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="keep the memory in this file; if it has units, they are used")
    options = parser.parse_args()
    with TemporaryDirectory() as directory:
        path = options.keep or Path(directory) / "memory.sqlite3"
        with Memory(path) as memory:
            if not memory.counts():
                fill(memory, sentences(options.data, "train.en.gz")[: options.units])
            sources = [unit.source for unit in memory.units(PAIR)]
            print(f"{len(sources):,} units, {path.stat().st_size / 1e6:.0f} MB on disk")
        before = peak()
        print(f"{'':>8}{'found':>8}{'median':>8}{'p95':>8}{'p99':>8}{'most':>8}")
        with Memory(path) as memory:
            for name, texts in kinds(sources, sentences(options.data, "test.en.gz")).items():
                print_times(name, memory, texts)
        print(f"{peak() - before:.0f} MB more of memory for all look-ups")


def sentences(data: Path, name: str) -> list[str]:
    """Return the distinct lines of the files with this name below `data`, in an order that is always the same."""
    found: set[str] = set()
    for path in data.rglob(name):
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            found.update(line.strip() for line in stream)
    ordered = sorted(found - {""})
    random.Random(1).shuffle(ordered)
    return ordered


def fill(memory: Memory, sources: Sequence[str]) -> None:
    """Store the sources, each as its own translation."""
    started = time.process_time()
    for start in range(0, len(sources), AT_ONCE):
        memory.add(PAIR, ((text, text) for text in islice(sources, start, start + AT_ONCE)), "benchmark")
    memory.index()
    print(f"imported in {time.process_time() - started:.0f} s", flush=True)


def kinds(sources: Sequence[str], new: Sequence[str]) -> dict[str, list[str]]:
    """Return what is looked up, by its kind."""
    equal = list(sources[:: max(1, len(sources) // LOOKED_UP)][:LOOKED_UP])
    chance = random.Random(1)
    return {"equal": equal, "edited": [edited(text, chance) for text in equal], "new": list(new[:LOOKED_UP])}


def edited(text: str, chance: random.Random) -> str:
    """Return `text` with another word in the place of one of its words."""
    words = text.split()
    words[chance.randrange(len(words))] = chance.choice(OTHER_WORDS)
    return " ".join(words)


def print_times(name: str, memory: Memory, texts: Sequence[str]) -> None:
    """A line: percent of the texts with a match, and the times. Each text is looked up once."""
    times, found = [], 0
    for text in texts:
        started = time.process_time()
        found += bool(memory.similar(PAIR, text, 3))
        times.append(1000.0 * (time.process_time() - started))
    times.sort()
    shown = (times[int(share * (len(times) - 1))] for share in (0.5, 0.95, 0.99, 1.0))
    print(f"{name:>8}{100.0 * found / len(texts):8.1f}" + "".join(f"{each:8.2f}" for each in shown), flush=True)


def peak() -> float:
    """MB that this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
