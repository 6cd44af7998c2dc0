"""`nmt train`: train a model package on sentence pairs."""

from __future__ import annotations

import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nmt.cli.options import (
    data_options,
    direction_of,
    directory,
    existing_file,
    need_training_extra,
    output_option,
    precision_option,
    reports_errors,
    restart_option,
    run_dir_option,
    sources_of,
    threads_option,
    training_sources,
)
from nmt.errors import ConfigError

if TYPE_CHECKING:
    from nmt.corpus import CorpusSpec, Direction
    from nmt.training.fine_tuning.start import Start


@click.command()
@data_options("train", "Training pairs")
@data_options("valid", "Validation pairs [default: held out of the training pairs]")
@data_options("test", "Test pairs to score the finished package on")
@click.option("--from", "start", type=directory, help="Package to fine-tune. Its model, vocabulary and languages stay.")
@data_options("mix", "With --from: general pairs to mix with the new pairs, equally many per epoch")
@click.option(
    "--teacher",
    "teachers",
    type=directory,
    multiple=True,
    help="Package for the language pair, in either direction. Its translations become training pairs. Repeatable.",
)
@click.option(
    "--monolingual",
    type=existing_file,
    multiple=True,
    help="Sentences in the target language, one per line. Each --teacher that translates back turns them into training "
    "pairs. Repeatable.",
)
@click.option("--source", help="Source language code [default with --from: the package's].")
@click.option("--target", help="Target language code [default with --from: the package's].")
@output_option
@run_dir_option
@click.option(
    "--keep-corpus",
    is_flag=True,
    help="Reuse the encoded corpus of the run directory even if the input files changed.",
)
@restart_option
@click.option("--settings", "settings_file", type=existing_file, help="Settings as a YAML file; see docs/training.md.")
@click.option(
    "--set", "overrides", multiple=True, metavar="NAME=VALUE", help="Set one setting, overriding the file. Repeatable."
)
@click.option("--dry-run", is_flag=True, help="Read the corpus, show the plan and the estimated time, and stop.")
@click.option(
    "--corpora",
    type=existing_file,
    help="JSON file that lists the name, licence and attribution of each training source.",
)
@precision_option
@click.option("--device", default=None, help="Device to train on: cpu or cuda [default: cuda if available].")
@threads_option
@reports_errors
def train(output: Path, run_dir: Path | None, restart: bool, overrides: tuple[str, ...], **rest: Any) -> None:
    """Train a translator, or resume a stopped training.

    \b
    nmt train --train pairs.tsv --source en --target xx --output models/en-xx
    nmt train --train-aligned a.en.gz a.de.gz --source en --target de \\
        --output models/en-de --set training.max_updates=3000
    nmt train --train memory.tmx.gz --train ui.csv,source=english,target=deutsch,weight=2,domain=ui \\
        --source en --target de --output models/en-de
    nmt train --train pairs.tsv --valid valid.tsv --source en --target xx \\
        --teacher teachers/en-xx --teacher teachers/xx-en --output models/en-xx
    nmt train --train pairs.tsv --valid valid.tsv --source en --target xx \
        --teacher teachers/xx-en --monolingual sentences.xx --output models/en-xx
    nmt train --from models/en-de --train new.tsv --test general.tsv --output tuned/en-de
    """
    need_training_extra()
    import torch
    from rich.console import Console

    from nmt.corpus.progress import CorpusProgress
    from nmt.runtime import available_cpus
    from nmt.training.data.prepare import Sources
    from nmt.training.distillation.monolingual import reverse_teachers
    from nmt.training.distillation.teachers import open_teachers
    from nmt.training.dry_run import dry_run
    from nmt.training.optimization.distributed import launcher, own_device, process_group, process_rank
    from nmt.training.run.files import has_begun
    from nmt.training.run.lock import run_lock
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
        monolingual=rest["monolingual"],
        keep=rest["keep_corpus"],
        passes=CorpusProgress(Console(stderr=True)),
    )
    if start and rest["teachers"]:
        raise ConfigError(
            "--from goes on from a package, and --teacher is for a training from nothing: leave one of them out"
        )
    if restart and rest["keep_corpus"]:
        raise ConfigError("--restart discards the corpus that --keep-corpus would reuse: leave one of them out")
    teachers = open_teachers(rest["teachers"], sources.direction, output)
    if sources.monolingual:
        reverse_teachers(teachers)  # so that the error comes at once
    run = run_dir or Path("runs") / output.name
    check_output(output, run)
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
        teachers=teachers,
        restart=restart,
    )
    if rest["dry_run"]:
        rank, processes = process_rank()
        if rank == 0:
            dry_run(request, settings, device, Console(markup=False), not restart and has_begun(run), processes)
        return
    try:
        with process_group(device) as ranks:
            if not ranks.is_first:
                help_train(request, settings, device, ranks)
                return
            with run_lock(run):
                train_package(request, settings, device, Console(stderr=True, markup=False), ranks)
    except KeyboardInterrupt:
        raise click.ClickException(f"stopped; run the command again to resume from the checkpoint in {run}") from None


def check_output(output: Path, run: Path) -> None:
    """Raises ConfigError if writing a package to `output` would remove `run`, or anything but an earlier package."""
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
            f"--output {output} would replace the package to fine-tune: choose another directory, and later put the "
            f"new package in its place with nmt promote"
        )
    return Start.open(package)


def _direction(start: Start | None, source: str | None, target: str | None) -> Direction:
    if start:
        return start.direction(source, target)
    if source is None or target is None:
        raise ConfigError("--source and --target are missing: give the codes of both languages, such as en and de")
    return direction_of(source, target)


def _mixed(start: Start | None, mixed: tuple[CorpusSpec, ...]) -> tuple[CorpusSpec, ...]:
    if mixed and start is None:
        raise ConfigError("--mix needs --from: without it, give all pairs with --train, with weight= if needed")
    return mixed
