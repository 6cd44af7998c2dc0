"""Training speed beside other recurrent translation systems: same sizes, same pairs, same batch size, same threads.

Every system trains on Multi30k English-German for the same number of updates of about 1,500 tokens, in a process of
its own; the figure is the median of the target tokens a second that it reports itself, its first report left out.
Leaves the trained systems in WORK for decode.py.
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from systems import NAMES, SCRIPTS, execute

_REPORTED = {
    "onmt": re.compile(r"/\s*(\d+) tok/s"),
    "eole": re.compile(r"/\s*(\d+) tok/s"),
    "joey": re.compile(r"Tokens per Sec:\s*(\d+)"),
}


@click.command(help=__doc__)
@click.option("--work", type=click.Path(exists=True, path_type=Path), required=True, help="What prepare.py wrote.")
@click.option("--environments", type=click.Path(exists=True, path_type=Path), help="Folder of onmt/, eole/, joey/.")
@click.option("--threads", default=2, show_default=True)
@click.option("--updates", default=500, show_default=True)
@click.option("--system", "systems", multiple=True, type=click.Choice(list(NAMES)), default=list(NAMES))
def main(work: Path, environments: Path | None, threads: int, updates: int, systems: Sequence[str]) -> None:
    """Train every system in turn and print the table."""
    print(f"{threads} threads, {updates} updates")
    print(f"{'':<18}{'target tokens/s':>16}", flush=True)
    for name in systems:
        speed = own(work, threads, updates) if name == "own" else peer(name, work, environments, threads, updates)
        print(f"{NAMES[name]:<18}{speed:>16.0f}", flush=True)


def own(work: Path, threads: int, updates: int) -> float:
    """Train with `nmt train`; what it reports."""
    run = work / "own-run"
    shutil.rmtree(run, ignore_errors=True)
    settings = {
        "data.joint": "false",
        "data.vocabulary_size": 8000,
        "model.embedding_size": 256,
        "model.encoder_hidden": 256,
        "model.decoder_hidden": 512,
        "model.decoder_layers": 1,
        "model.dropout.word": 0,
        "model.dropout.embedding": 0.1,
        "model.dropout.hidden": 0.1,
        "training.batch_tokens": 1500,
        "training.max_updates": updates,
        "training.evaluate_every": updates,
        "training.learning_rate": 0.0015,
        "training.warmup_updates": 400,
        "training.guided_alignment": 0,
        "training.average_decay": 0,
    }
    command = ["nmt", "train", "--source", "en", "--target", "de", "--output", str(work / "own"), "--run-dir", str(run)]
    command += ["--threads", str(threads)]
    for split in ("train", "valid", "test"):
        command += [f"--{split}-aligned", str(work / f"{split}.source.text"), str(work / f"{split}.target.text")]
    for name, value in settings.items():
        command += ["--set", f"{name}={value}"]
    execute([str(Path(sys.executable).with_name("nmt")), *command[1:]], threads)
    records = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    return statistics.median([item["tokens_per_second"] for item in records if item["event"] == "update"][1:])


def peer(name: str, work: Path, environments: Path | None, threads: int, updates: int) -> float:
    """Train a peer; what it reports."""
    if environments is None:
        raise click.UsageError(f"--environments is needed to train {name}")
    shutil.rmtree(work / name, ignore_errors=True)
    python = environments / name / "bin" / "python"
    script = str(SCRIPTS / f"{name}_peer.py")
    log = execute(
        [str(python), "-W", "ignore", script, "train", str(work.resolve()), str(threads), str(updates)], threads
    )
    return statistics.median([float(figure) for figure in _REPORTED[name].findall("".join(log))][1:])


if __name__ == "__main__":
    main()
