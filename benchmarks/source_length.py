"""What a long source costs: processor time per subword, by the length of the source.

python benchmarks/source_length.py models/en-de

The compiled decoder alone, without text: sources of random subwords, greedy (1 row a sentence) and as in a beam of 5,
one sentence and sixteen at a time. Each is encoded and then fed as many target subwords as it has, whatever the model
would have written.
"""

from __future__ import annotations

import statistics
import time
from pathlib import Path
from typing import Any

import click
import numpy as np

from nmt.decoding import DecodingOptions
from nmt.runtime import ModelPackage
from nmt.runtime.native import NativeEngine, native_engine
from nmt.runtime.running_batch import Sentence, Source

_LENGTHS = (50, 100, 200, 400)
_ROUNDS = 5


@click.command(help=__doc__)
@click.argument("path", metavar="PACKAGE", type=click.Path(exists=True, path_type=Path))
def main(path: Path) -> None:
    """Print microseconds per subword."""
    package = ModelPackage.open(path)
    engine = native_engine(package)
    if engine is None:
        raise click.ClickException("the compiled decoder is absent, or does not know this package")
    words = package.manifest.vocabulary.source.size
    print(f"{'beam':>5}{'sentences':>10}" + "".join(f"{f'S = {length}':>12}" for length in _LENGTHS))
    for beam in (1, 5):
        for sentences in (1, 16):
            found = [microseconds(engine, words, length, beam, sentences) for length in _LENGTHS]
            print(f"{beam:>5}{sentences:>10}" + "".join(f"{value:>12.1f}" for value in found), flush=True)


def microseconds(engine: NativeEngine, words: int, length: int, beam: int, sentences: int) -> float:
    """Return the processor time per subword, the median of some rounds."""
    generator = np.random.default_rng(length)
    options = DecodingOptions(beam)
    times = []
    for _ in range(_ROUNDS):
        sources = [generator.integers(4, words, length).tolist() for _ in range(sentences)]
        waiting: list[Sentence[Any]] = [Sentence(Source(ids), engine.new_search(options, length)) for ids in sources]
        batch = engine.new_batch()
        begun = time.process_time()
        batch.admit(waiting)
        batch.select([row for row in range(sentences) for _ in range(beam)])
        for _ in range(length):
            batch.feed(generator.integers(4, words, batch.rows).tolist(), beam)
        times.append(1e6 * (time.process_time() - begun) / (sentences * length))
    return statistics.median(times)


if __name__ == "__main__":
    main()
