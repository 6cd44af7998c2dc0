"""How a peer is timed, in its own interpreter: standard library only, results as one line of JSON.

Each peer gets the most favourable reading: its model is loaded and warm, its input is cut into subwords already,
and a single sentence is timed inside the call that translates a batch where the peer has one.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

BEAM_SIZES = (1, 5)
BATCH_SIZE = 64
SINGLES = 100

Translate = Callable[[Sequence[str]], list[str]]
"""Lines of subwords to lines of subwords."""
Loaded = tuple[Translate, list[float]]
"""A loaded model's function, and where it leaves the seconds of each batch; an empty list if it does not."""


def report(new_translate: Callable[[int, int], Loaded], source: Path, output: Path) -> None:
    """Time greedy and beam search in batches and one sentence at a time; print the figures, write the translations.

    `new_translate(beam_size, batch_size)` loads the model and gives the function and a list to which that function
    adds the seconds of each batch; an empty list means that a whole call is timed instead.
    """
    lines = source.read_text(encoding="utf-8").splitlines()
    figures: dict[str, object] = {}
    for beam_size in BEAM_SIZES:
        translate, _ = new_translate(beam_size, BATCH_SIZE)
        translate(lines[:BATCH_SIZE])
        start = time.perf_counter()
        translated = translate(lines)
        seconds = time.perf_counter() - start
        output.with_suffix(f".beam{beam_size}").write_text("\n".join(translated) + "\n", encoding="utf-8")
        tokens = sum(len(line.split(" ")) + 1 for line in translated)  # <END> is an output token
        figures[f"batch.beam{beam_size}"] = {"seconds": seconds, "tokens": tokens, "sentences": len(lines)}
        figures[f"single.beam{beam_size}"] = single(new_translate(beam_size, 1), lines)
    figures["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps(figures))


def single(loaded: Loaded, lines: Sequence[str]) -> dict[str, float]:
    """Median seconds of one sentence at a time."""
    translate, inner = loaded
    translate(lines[:5])
    inner.clear()
    outer = []
    for line in lines[:SINGLES]:
        start = time.perf_counter()
        translate([line])
        outer.append(time.perf_counter() - start)
    return {"median_seconds": statistics.median(inner or outer)}


def timed(function: Callable[..., object]) -> tuple[Callable[..., object], list[float]]:
    """`function`, and the list to which each call of it adds its seconds."""
    seconds: list[float] = []

    def call(*arguments: object, **named: object) -> object:
        start = time.perf_counter()
        result = function(*arguments, **named)
        seconds.append(time.perf_counter() - start)
        return result

    return call, seconds


def run(
    name: str,
    train: Callable[[Path, int], None],
    new_translate: Callable[[Path, int, int], Loaded],
) -> None:
    """Do what the command line says: train WORK THREADS UPDATES, or decode WORK THREADS; WORK/`name` is its own."""
    action, work = sys.argv[1], Path(sys.argv[2])
    if action == "train":
        train(work, int(sys.argv[4]))
    else:
        report(lambda beam, batch: new_translate(work, beam, batch), work / "test.source", work / name / "test")
