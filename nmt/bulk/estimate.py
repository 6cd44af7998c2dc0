"""How long a translation takes and how many machines, from a sample translated here. Starts no Ray."""

from __future__ import annotations

import math
import time
from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate

from nmt.bulk.inputs import InputFile, find_inputs
from nmt.bulk.packages import loaded
from nmt.bulk.pair_counts import NO_PAIRS, PairCounts
from nmt.bulk.translate import BulkRequest
from nmt.bulk.translating import PieceMaker
from nmt.errors import BulkError

_FILES = 5
"""Most files that the sample is taken from."""
_LINES = 200
"""Lines from the beginning of each of them."""
_HOURS = (1, 8, 24)
"""Times for which the number of processors is given."""
_OVERHEAD = 1.1
"""Time of a cluster for the time of its workers alone: reading, writing, and waiting for the last shard
(benchmarks/bulk_simulation.py)."""


def estimate(request: BulkRequest) -> str:
    """Return the estimate as lines of text. Raises BulkError if the files hold no line."""
    files = find_inputs(request.input, request.plan.format_options)
    sample = _sample(files)
    with loaded(request.packages, request.plan, request.threads) as maker:
        measured = [_measured(file, maker) for file in sample]
    lines = sum(each.lines for each in measured)
    if not lines:
        raise BulkError(f"{request.input}: holds no line to take a sample of")
    pairs = sum((each.pairs for each in measured), NO_PAIRS)
    size = sum(file.size for file in files)
    total = size * lines / sum(each.size for each in measured)
    seconds = sum(each.seconds for each in measured) / lines * total * _OVERHEAD
    needed = ", ".join(f"{_workers(seconds, hours) * request.threads:,} for {hours} h" for hours in _HOURS)
    return "\n".join(
        [
            f"{len(files):,} files, {size / 1e6:,.1f} MB, about {total:,.0f} lines by a sample of {lines:,}",
            f"a worker of --threads {request.threads}: {total / seconds:,.0f} lines/s, "
            f"{timedelta(seconds=round(seconds))} ({seconds / 3600 * request.threads:,.1f} processor hours)",
            f"processors like those here: {needed}",
            *pairs.lines(),
        ]
    )


@dataclass(frozen=True, slots=True)
class _Measured:
    """A part of the sample."""

    lines: int
    size: int
    """Bytes, as stored."""
    seconds: float
    pairs: PairCounts


def _sample(files: list[InputFile]) -> list[InputFile]:
    """Return up to _FILES of `files`, more likely large ones: those in which evenly spread bytes of them all are."""
    ends = list(accumulate(file.size for file in files))
    places = {bisect_right(ends, ends[-1] * (2 * number + 1) // (2 * _FILES)) for number in range(_FILES)}
    return [files[place] for place in sorted(places) if place < len(files)]


def _measured(file: InputFile, maker: PieceMaker) -> _Measured:
    piece, _ = next(file.pieces(_LINES))
    began = time.perf_counter()
    made = maker.translate(piece, file.format)
    seconds = time.perf_counter() - began
    return _Measured(piece.lines, len(file.format.compression.compressed(piece.content)), seconds, made.pairs)


def _workers(seconds: float, hours: int) -> int:
    return max(1, math.ceil(seconds / (3600 * hours)))
