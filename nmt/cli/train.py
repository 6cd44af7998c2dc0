"""`nmt train`: from sentence pairs to a model package."""

from __future__ import annotations

import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nmt.cli.options import (
    data_options,
    directory,
    existing_file,
    need_training_extra,
    reports_errors,
    sources_of,
    training_sources,
)
from nmt.errors import ConfigError

if TYPE_CHECKING:
    from nmt.corpus import CorpusSpec, Direction
    from nmt.training.fine_tuning.start import Start


@click.command()
@data_options("train", "Training pairs")
@data_options("valid", "Validation pairs; held out of the training pairs when not given")
@data_options("test", "Pairs to score the finished package on")
@click.option("--from", "start", type=directory, help="Package to fine-tune: its model, vocabulary and languages stay.")
@data_options("mix", "General pairs to see beside the new ones, with --from: as many an epoch as there are new ones")
@click.option(
    "--teacher",
    "teachers",
    type=directory,
    multiple=True,
    help="Package of the same languages, either way, whose translations of the text are learned from beside it.",
)
@click.option("--source", help="Source language code; with --from, that of the package.")
@click.option("--target", help="Target language code; with --from, that of the package.")
@click.option("--output", required=True, type=directory, help="Package directory to write.")
@click.option("--run-dir", type=directory, help="Checkpoints and log [default: runs/NAME-OF-OUTPUT].")
@click.option("--keep-corpus", is_flag=True, help="Go on with the pairs as they were read, whatever changed since.")
@click.option("--restart", is_flag=True, help="Forget the training in the run directory.")
@click.option("--settings", "settings_file", type=existing_file, help="Settings as YAML; see docs/training.md.")
@click.option(
    "--set", "overrides", multiple=True, metavar="NAME=VALUE", help="A setting, which prevails over the file."
)
@click.option(
    "--dry-run", is_flag=True, help="Read everything, show the plan and the time it takes, and train nothing."
)
@click.option(
    "--corpora", type=existing_file, help="JSON list of name, licence and attribution of the training sources."
)
@click.option("--precision", type=click.Choice(["int8", "float32"]), default="int8", show_default=True)
@click.option("--device", default=None, help="cpu or cuda [default: cuda if there is one].")
@click.option("--threads", type=click.IntRange(1), help="Processors to train on [default: all].")
@reports_errors
def train(output: Path, run_dir: Path | None, restart: bool, overrides: tuple[str, ...], **rest: Any) -> None:
    """Train a translator from sentence pairs, or go on with a training that was stopped.

    \b
    nmt train --train pairs.tsv --source en --target xx --output models/en-xx
    nmt train --train-aligned a.en.gz a.de.gz --source en --target de \\
        --output models/en-de --set training.max_updates=3000
    nmt train --train memory.tmx.gz --train ui.csv,source=english,target=deutsch,weight=2,domain=ui \\
        --source en --target de --output models/en-de
    nmt train --train pairs.tsv --valid valid.tsv --source en --target xx \\
        --teacher teachers/en-xx --teacher teachers/xx-en --output models/en-xx
    nmt train --from models/en-de --train new.tsv --test general.tsv --output tuned/en-de
    """
    need_training_extra()
    import torch
    from rich.console import Console

    from nmt.corpus.progress import Passes
    from nmt.runtime import available_cpus
    from nmt.training.data.prepare import Sources
    from nmt.training.distillation.teachers import open_teachers
    from nmt.training.dry_run import dry_run
    from nmt.training.optimization.distributed import joined, launcher, own_device, place_among_processes
    from nmt.training.run.files import has_begun
    from nmt.training.run.lock import sole_training
    from nmt.training.settings.settings import Settings
    from nmt.training.train import TrainRequest, help_train, train_package

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = Settings.parse(overrides, rest["settings_file"])
    start = _start(rest["start"], output)
    sources = Sources(
        train=training_sources(rest),
        direction=_direction(start, rest["source"], rest["target"]),
        valid=sources_of(rest, "valid"),
        mixed=_mixed(start, sources_of(rest, "mix")),
        keep=rest["keep_corpus"],
        passes=Passes(Console(stderr=True)),
    )
    if start and rest["teachers"]:
        raise ConfigError(
            "--from goes on from a package, and --teacher is for a training from nothing: leave one of them out"
        )
    if restart and rest["keep_corpus"]:
        raise ConfigError("--restart forgets the corpus that --keep-corpus would keep: leave one of them out")
    run = run_dir or Path("runs") / output.name
    _check_output(output, run)
    torch.set_num_threads(rest["threads"] or min(torch.get_num_threads(), available_cpus()))
    device = own_device(rest["device"])
    request = TrainRequest(
        sources=sources,
        output=output,
        run=run,
        command=shlex.join([*launcher(), *sys.argv[1:]]),
        test=sources_of(rest, "test"),
        corpora=rest["corpora"],
        precision=rest["precision"],
        start=start,
        teachers=open_teachers(rest["teachers"], sources.direction, output),
        restart=restart,
    )
    if rest["dry_run"]:
        rank, processes = place_among_processes()
        if rank == 0:
            dry_run(request, settings, device, Console(markup=False), not restart and has_begun(run), processes)
        return
    try:
        with joined(device) as ranks:
            if not ranks.is_first:
                help_train(request, settings, device, ranks)
                return
            with sole_training(run):
                train_package(request, settings, device, Console(stderr=True, markup=False), ranks)
    except KeyboardInterrupt:
        raise click.ClickException(f"stopped; the same command goes on from the checkpoint in {run}") from None


def _check_output(output: Path, run: Path) -> None:
    from nmt.runtime import check_replaceable

    if run.resolve().is_relative_to(output.resolve()):
        raise ConfigError(
            f"--output {output} would replace the run directory {run}: give another --output, such as models/en-xx, "
            f"or another --run-dir"
        )
    check_replaceable(output)


def _start(package: Path | None, output: Path) -> Start | None:
    from nmt.training.fine_tuning.start import Start

    if package is None:
        return None
    if package.resolve() == output.resolve():
        raise ConfigError(
            f"--output {output} would replace the package that fine-tuning begins from: name another directory, and "
            f"put the new package in its place with nmt promote"
        )
    return Start.open(package)


def _direction(start: Start | None, source: str | None, target: str | None) -> Direction:
    from nmt.corpus import Direction

    if start:
        return start.direction(source, target)
    if source is None or target is None:
        raise ConfigError("--source and --target are missing: give the codes of both languages, such as en and de")
    return Direction(source, target)


def _mixed(start: Start | None, mixed: tuple[CorpusSpec, ...]) -> tuple[CorpusSpec, ...]:
    if mixed and start is None:
        raise ConfigError("--mix is for fine-tuning with --from: give all pairs with --train, and weight= where wanted")
    return mixed
