"""`nmt bulk` on a thousand workers, on paper: what shard sizes cost in lost work, stragglers, and the driver's time.

python benchmarks/bulk_simulation.py

Each worker translates shards one after another at a speed of its own. Workers fail at random and come back after the
time of a start; the shard that they had, and the one that waited beside it, go to another. The driver reads, sends and
stores one shard at a time. `lost` is translated time that a failure threw away, `last` the time from when the first
worker ran out of shards to the end; both as shares of the whole. The ideal is all workers busy from start to end.
"""

from __future__ import annotations

import heapq
import math
import random
from dataclasses import dataclass

import click

_DEPTH = 2
"""Shards that a worker holds, as in nmt/bulk/pool.py."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is simulated. Times in seconds."""

    workers: int
    lines: int
    shard_lines: int
    lines_per_second: float
    spread: float
    """Standard deviation of the logarithm of a worker's speed, and of the work in a shard."""
    failures_per_hour: float
    """Share of the workers."""
    start: float
    driver: float
    """Driver's time for a shard, beside that for its lines."""
    driver_line: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    seconds: float
    lost: float
    """Seconds of workers."""
    last: float
    driver_busy: float


@click.command(help=__doc__)
@click.option("--workers", default=1000, show_default=True)
@click.option("--lines", default=1_000_000_000, show_default=True)
@click.option("--lines-per-second", default=500.0, show_default=True, help="Of a worker.")
@click.option("--failures", default=0.01, show_default=True, help="Share of the workers that fail in an hour.")
@click.option("--driver-shard", default=0.003, show_default=True, help="Driver's seconds for a shard.")
@click.option("--driver-line", default=7e-7, show_default=True, help="Driver's seconds for a line.")
@click.option("--seed", default=1, show_default=True)
def main(
    workers: int,
    lines: int,
    lines_per_second: float,
    failures: float,
    driver_shard: float,
    driver_line: float,
    seed: int,
) -> None:
    """Print a line for each shard size."""
    ideal = lines / lines_per_second / workers
    print(f"{workers:,} workers, {lines:,} lines, {failures:.1%} of the workers fail in an hour; ideal {ideal:,.0f} s")
    print("shard lines     shards  one takes  whole run  of ideal    lost    last  driver busy")
    for size in (2000, 5000, 10_000, 20_000, 50_000, 200_000):
        setting = Setting(workers, lines, size, lines_per_second, 0.15, failures, 20.0, driver_shard, driver_line)
        found = simulate(setting, random.Random(seed))
        print(
            f"{size:11,} {math.ceil(lines / size):10,} {size / lines_per_second:8.1f} s {found.seconds:8,.0f} s "
            f"{ideal / found.seconds:9.1%} {found.lost / workers / found.seconds:7.2%} "
            f"{found.last / found.seconds:7.2%} {found.driver_busy / found.seconds:12.1%}",
            flush=True,
        )


def simulate(setting: Setting, draw: random.Random) -> Outcome:
    """Follow each shard from the driver to a worker and back."""
    left = math.ceil(setting.lines / setting.shard_lines)
    speeds = [draw.lognormvariate(0.0, setting.spread) * setting.lines_per_second for _ in range(setting.workers)]
    hazard = setting.failures_per_hour / 3600
    driver_time = setting.driver + setting.driver_line * setting.shard_lines
    driver_free = lost = end = busy = 0.0
    out_of_shards = math.inf
    # When a worker has an answer or a failure to tell, and has held shards since.
    waiting = [(0.0, worker) for worker in range(setting.workers)]
    heapq.heapify(waiting)
    while waiting:
        now, worker = heapq.heappop(waiting)
        end = max(end, now)
        if not left:
            out_of_shards = min(out_of_shards, now)
            continue
        left -= 1
        driver_free = max(driver_free, now) + driver_time
        busy += driver_time
        # A shard waits beside each worker, so that the driver holds a worker up only when it is late by a whole shard.
        work = setting.shard_lines / speeds[worker] * draw.lognormvariate(0.0, setting.spread)
        begins = max(now, driver_free - (_DEPTH - 1) * work)
        fails_after = draw.expovariate(hazard) if hazard else math.inf
        if fails_after < work:
            lost += fails_after
            left += 1
            heapq.heappush(waiting, (begins + fails_after + setting.start, worker))
        else:
            heapq.heappush(waiting, (begins + work, worker))
    return Outcome(end, lost, end - min(out_of_shards, end), busy)


if __name__ == "__main__":
    main()
