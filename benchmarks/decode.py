"""Decoding speed beside other recurrent translation systems: same sizes, same sentences, same threads.

Every system translates the 1,000 English sentences of Multi30k's test set of 2016, in batches of 64 and one at a
time, greedily and with beam 5, in a process of its own with its model loaded and warm. Each has learned for at
least 500 updates, so that sentences end. docs/benchmarks.md says how to set it up.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from systems import NAMES, SCRIPTS, execute


@click.command(help=__doc__)
@click.option("--work", type=click.Path(exists=True, path_type=Path), required=True, help="What prepare.py wrote.")
@click.option("--environments", type=click.Path(exists=True, path_type=Path), help="Folder of onmt/, eole/, joey/.")
@click.option("--threads", default=2, show_default=True)
@click.option("--rounds", default=2, show_default=True, help="Times each system is run, in turn.")
@click.option("--system", "systems", multiple=True, type=click.Choice(list(NAMES)), default=list(NAMES))
def main(work: Path, environments: Path | None, threads: int, rounds: int, systems: Sequence[str]) -> None:
    """Run every system in turn and print the tables."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in systems}
    for _ in range(rounds):
        for name in systems:
            runs[name].append(figures(name, work, environments, threads))
    print(f"{threads} threads, medians of {rounds} runs; tokens are output subwords, <END> counted")
    for beam in (1, 5):
        print_table(beam, runs)


def figures(name: str, work: Path, environments: Path | None, threads: int) -> dict[str, Any]:
    """One run of a system."""
    python = sys.executable if name == "own" or environments is None else str(environments / name / "bin" / "python")
    script = str(SCRIPTS / f"{name}_peer.py")
    output, _ = execute([python, "-W", "ignore", script, "decode", str(work.resolve()), str(threads)], threads)
    result: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return result


def print_table(beam: int, runs: dict[str, list[dict[str, Any]]]) -> None:
    """One row a system, the peers' best as the measure."""
    rows = {name: row(beam, results) for name, results in runs.items()}
    peers = [figures for name, figures in rows.items() if name != "own"]
    print(f"\n{'greedy' if beam == 1 else f'beam {beam}':<18}{'tokens/s':>10}{'sentences/s':>13}{'one at a time':>16}")
    for name, (tokens, sentences, single) in rows.items():
        print(f"{NAMES[name]:<18}{tokens:>10.0f}{sentences:>13.0f}{single * 1e3:>13.2f} ms")
    if "own" in rows and peers:
        tokens, sentences, single = rows["own"]
        print(
            f"{'ratio to the best':<18}{tokens / max(peer[0] for peer in peers):>9.1f}x"
            f"{sentences / max(peer[1] for peer in peers):>12.1f}x{min(peer[2] for peer in peers) / single:>15.1f}x"
        )
    print("peak RSS: " + ", ".join(f"{NAMES[n]} {max(r['peak_rss_mb'] for r in rs):.0f} MB" for n, rs in runs.items()))


def row(beam: int, results: Sequence[dict[str, Any]]) -> tuple[float, float, float]:
    """Tokens a second, sentences a second, median seconds of one sentence."""
    batches = [result[f"batch.beam{beam}"] for result in results]
    return (
        statistics.median(batch["tokens"] / batch["seconds"] for batch in batches),
        statistics.median(batch["sentences"] / batch["seconds"] for batch in batches),
        statistics.median(result[f"single.beam{beam}"]["median_seconds"] for result in results),
    )


if __name__ == "__main__":
    main()
