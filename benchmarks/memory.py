"""Whether memory stays constant: resident size after 10,000 and after 100,000 sentences.

python benchmarks/memory.py models/en-de data/tatoeba/en-de/test.en.gz
"""

from __future__ import annotations

import gzip
import resource
from pathlib import Path

import click

from nmt.runtime import Translator

_MARKS = (10_000, 50_000, 100_000)


def resident() -> float:
    """MB of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


@click.command(help=__doc__)
@click.argument("package", type=click.Path(exists=True, path_type=Path))
@click.argument("text", type=click.Path(exists=True, path_type=Path))
@click.option("--beam-size", default=1, show_default=True)
def main(package: Path, text: Path, beam_size: int) -> None:
    """Translate the text over and over; print the size at the marks."""
    with gzip.open(text, "rt", encoding="utf-8") as stream:
        sentences = stream.read().splitlines()
    done = 0
    with Translator.load(package) as translator:
        print(f"{'sentences':>10}{'MB':>8}\n{0:>10}{resident():>8.0f}", flush=True)
        for mark in _MARKS:
            while done < mark:
                translator.translate(sentences, beam_size=beam_size)
                done += len(sentences)
            print(f"{done:>10}{resident():>8.0f}", flush=True)
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")


if __name__ == "__main__":
    main()
