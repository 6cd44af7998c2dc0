"""`nmt bulk` on this machine: speed beside `nmt translate`, kills at random moments, and the driver's memory.

python benchmarks/bulk.py speed models/en-de text.txt --lines 100000
python benchmarks/bulk.py kills models/en-de text.txt --kills 30
python benchmarks/bulk.py memory PACKAGE --lines 10000000

`speed` also says when the first shard was there. `kills` kills -9 in turn the driver, a worker, or a machine of a
cluster of two, after a random time, and says the same command again until it ends well; the output must be that of a
run without kills, to the byte. `memory` translates lines of one or two words with a small PACKAGE and prints the
driver's private memory as the lines grow.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from ray_cluster import Cluster, running_cluster

_NMT = (sys.executable, "-m", "nmt")
_LOOKS = 20
"""Times that the driver's memory is printed."""


@click.group(help=__doc__)
def main() -> None:
    """The three measurements."""


model_argument = click.argument("model", type=click.Path(exists=True, path_type=Path))
text_argument = click.argument("text", type=click.Path(exists=True, path_type=Path))


@main.command()
@model_argument
@text_argument
@click.option("--lines", default=100_000, show_default=True, help="Lines; the text is repeated.")
@click.option("--rounds", default=3, show_default=True, help="Times that the two take turns.")
@click.option("--workers", default=1, show_default=True, help="Of bulk; `nmt translate` gets as many equal parts.")
def speed(model: Path, text: Path, lines: int, rounds: int, workers: int) -> None:
    """Print lines per second of `nmt translate` and of `nmt bulk`, one thread each."""
    alone = [*_NMT, "translate", "--model", str(model), "--beam-size", "1", "--threads", "1"]
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        repeat(text, work / "in.txt", lines)
        parts = split(work / "in.txt", workers)
        for number in range(rounds):
            timed("translate", lines, [(alone, part, part.with_suffix(".out")) for part in parts])
            output = work / f"out-{number}"
            bulk = command(model, work / "in.txt", output, "--workers", str(workers))
            timed("bulk", lines, [(bulk, Path(os.devnull), work / "said")])
            print(f"           {(work / 'said').read_text().strip().splitlines()[-1]}", flush=True)
            if (output / "in.txt").read_bytes() != b"".join(part.with_suffix(".out").read_bytes() for part in parts):
                print("           the outputs differ")
            shutil.rmtree(output)


@main.command()
@model_argument
@text_argument
@click.option("--lines", default=20_000, show_default=True, help="Lines; the text is repeated.")
@click.option("--kills", default=30, show_default=True, help="Number of kills.")
@click.option("--seed", default=1, show_default=True, help="Of the moments.")
def kills(model: Path, text: Path, lines: int, kills: int, seed: int) -> None:
    """Kill at random moments, and compare with a run that nobody killed."""
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="k") as name, running_cluster(Path(name)) as cluster:
        work = Path(name)
        repeat(text, work / "in.txt", lines)
        began = time.monotonic()
        whole = command(model, work / "in.txt", work / "whole", "--address", cluster.address, shard_lines=200)
        subprocess.run(whole, env=dict(cluster.environment), check=True)
        longest = time.monotonic() - began
        expected = (work / "whole" / "in.txt").read_bytes()
        good = done = 0
        while done < kills:
            output = work / f"out-{done}"
            arguments = command(model, work / "in.txt", output, "--address", cluster.address, shard_lines=200)
            told, done = killed_run(cluster, arguments, draw, longest, done)
            is_same = (output / "in.txt").read_bytes() == expected
            good += told.count(",") + 1 if is_same else 0
            print(f"{'same' if is_same else 'NOT THE SAME'} after {told}", flush=True)
            shutil.rmtree(output)
        print(f"{good} of {done} kills left no trace")


def killed_run(
    cluster: Cluster, arguments: list[str], draw: random.Random, longest: float, done: int
) -> tuple[str, int]:
    """Run to the end with three kills; gives what was killed when, and the number of kills so far."""
    told = []
    for kind in ("driver", "worker", "machine"):
        machine = cluster.add_machine() if kind == "machine" else None
        run = subprocess.Popen(arguments, env=dict(cluster.environment), stderr=subprocess.PIPE, text=True)
        try:
            run.wait(moment := draw.uniform(0.1, 0.6) * longest)
        except subprocess.TimeoutExpired:
            if kind == "driver":
                run.kill()
            elif machine:
                cluster.lose(machine)
            elif found := cluster.workers():
                os.kill(draw.choice(found), signal.SIGKILL)
            told.append(f"{kind} at {moment:.1f} s")
        _, said = run.communicate()
        if kind != "driver" and run.returncode:
            raise click.ClickException(said)
    return ", ".join(told), done + len(told)


@main.command()
@model_argument
@click.option("--lines", default=10_000_000, show_default=True, help="Lines.")
@click.option(
    "--shard-lines", default=2000, show_default=True, help="Small ones grow the driver sooner, if anything does."
)
def memory(model: Path, lines: int, shard_lines: int) -> None:
    """Print the private memory of the driver as it goes through a large file."""
    words = ("red", "blue", "cat", "dog", "house", "runs")
    with tempfile.TemporaryDirectory() as name:
        source = Path(name) / "in.txt"
        with source.open("w", encoding="utf-8") as stream:
            stream.writelines(f"{words[number % 6]} {words[number % 5]}\n" for number in range(lines))
        arguments = command(model, source, Path(name) / "out", shard_lines=shard_lines)
        run = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)
        shards = Path(name) / "out" / ".nmt-bulk" / "shards" / "in.txt"
        total, said = lines // shard_lines, 0
        while run.poll() is None:
            try:
                run.wait(1.0)
            except subprocess.TimeoutExpired:
                count = sum(1 for _ in shards.iterdir()) if shards.is_dir() else 0
                if count * _LOOKS // total > said:
                    said = count * _LOOKS // total
                    print(
                        f"{count * shard_lines:12,} lines: {private_megabytes(run.pid):6.1f} MB private, "
                        f"{processor_seconds(run.pid):6.1f} s of the driver's processor",
                        flush=True,
                    )
        print(f"exit status {run.returncode}")


def command(model: Path, source: Path, output: Path, *options: str, shard_lines: int = 2000) -> list[str]:
    """`nmt bulk`, greedily."""
    places = ("--input", str(source), "--output", str(output), "--shard-lines", str(shard_lines))
    return [*_NMT, "bulk", "--model", str(model), "--beam-size", "1", *places, *options]


def timed(name: str, lines: int, commands: list[tuple[list[str], Path, Path]]) -> None:
    """Run commands at once, each with a file as input and one for its output and errors, and print their time."""
    began = time.monotonic()
    with ExitStack() as stack:
        running = [
            subprocess.Popen(
                arguments,
                stdin=stack.enter_context(source.open("rb")),
                stdout=stack.enter_context(target.open("wb")),
                stderr=subprocess.STDOUT,
            )
            for arguments, source, target in commands
        ]
        if any([each.wait() for each in running]):
            raise click.ClickException("".join(target.read_text()[-2000:] for _, _, target in commands))
    took = time.monotonic() - began
    print(f"{name:10} {took:8.1f} s {lines / took:8.0f} lines/s", flush=True)


def split(text: Path, parts: int) -> list[Path]:
    """Write the lines of `text` to as many files beside it, in order."""
    lines = text.read_bytes().splitlines(keepends=True)
    size = -(-len(lines) // parts)
    paths = [text.with_suffix(f".{number}") for number in range(parts)]
    for number, path in enumerate(paths):
        path.write_bytes(b"".join(lines[number * size : (number + 1) * size]))
    return paths


def repeat(text: Path, target: Path, lines: int) -> None:
    """Write `lines` lines of `text`, over and over."""
    content = text.read_text(encoding="utf-8").rstrip("\n").split("\n")
    with target.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{line}\n" for line in islice(cycle(content), lines))


def private_megabytes(process: int) -> float:
    """Memory that only the process has."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    return sum(int(size) for size in re.findall(r"Private_\w+:\s+(\d+) kB", rollup)) / 1000


def processor_seconds(process: int) -> float:
    """Processor time of the process so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
