"""`nmt caption`: train a captioner on pictures, and write captions."""

from __future__ import annotations

import shlex
import signal
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from nmt.cli.options import (
    data_options,
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

_AT_ONCE = 64
"""Pictures opened together."""


@click.group()
def caption() -> None:
    """Train a captioner on pictures with captions, and write captions for other pictures.

    \b
    nmt caption train --pictures photos --train captions.tsv --language en --output models/captions-en
    nmt caption run --model models/captions-en photo.jpg
    """


@caption.command()
@click.option(
    "--pictures",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Directory of the pictures.",
)
@data_options("train", "Captions: the name of a picture, a tab and its caption in each line")
@data_options("valid", "Validation captions [default: held out of the training captions]")
@click.option("--language", required=True, help="Language code of the captions.")
@output_option
@click.option(
    "--image-size", type=int, default=64, show_default=True, help="Width and height that pictures are read in."
)
@run_dir_option
@restart_option
@click.option("--settings", "settings_file", type=existing_file, help="Settings as a YAML file; see docs/training.md.")
@click.option(
    "--set", "overrides", multiple=True, metavar="NAME=VALUE", help="Set one setting, overriding the file. Repeatable."
)
@precision_option
@click.option("--device", default=None, help="Device to train on: cpu or cuda [default: cuda if available].")
@threads_option
@reports_errors
def train(output: Path, run_dir: Path | None, overrides: tuple[str, ...], **rest: Any) -> None:
    """Train a captioner, or resume a stopped training.

    \b
    nmt caption train --pictures photos --train captions.tsv --language en --output models/captions-en
    """
    need_training_extra()
    need_pillow()
    import torch
    from rich.console import Console

    from nmt.caption.training.data import CaptionSources
    from nmt.caption.training.train import CaptionRequest, train_captioner
    from nmt.cli.train import check_output
    from nmt.runtime import available_cpus
    from nmt.training.optimization.distributed import own_device
    from nmt.training.run.lock import run_lock
    from nmt.training.settings.settings import Settings

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = Settings.parse(overrides, rest["settings_file"])
    sources = CaptionSources(rest["pictures"], training_sources(rest), rest["language"], sources_of(rest, "valid"))
    run = run_dir or Path("runs") / output.name
    check_output(output, run)
    torch.set_num_threads(rest["threads"] or min(torch.get_num_threads(), available_cpus()))
    request = CaptionRequest(
        sources,
        output,
        run,
        shlex.join(["nmt", *sys.argv[1:]]),
        rest["image_size"],
        rest["precision"],
        rest["restart"],
    )
    try:
        with run_lock(run):
            train_captioner(request, settings, own_device(rest["device"]), Console(stderr=True, markup=False))
    except KeyboardInterrupt:
        raise click.ClickException(f"stopped; run the command again to resume from the checkpoint in {run}") from None


@caption.command()
@click.argument("pictures", nargs=-1, required=True, type=existing_file)
@click.option("--model", required=True, type=directory, help="Directory of the package.")
@click.option("--beam-size", type=click.IntRange(1), help="Beam size; 1 is greedy search [default: the package's].")
@click.option("--threads", type=click.IntRange(1), help="Number of decoding threads [default: all processors].")
@reports_errors
def run(pictures: tuple[Path, ...], model: Path, beam_size: int | None, threads: int | None) -> None:
    """Print the name of each picture, a tab, and its caption.

    \b
    nmt caption run --model models/captions-en photo.jpg
    """
    need_pillow()
    from nmt.caption import Captioner
    from nmt.caption.pictures import read_picture

    with Captioner.load(model, threads=threads) as captioner:
        size = captioner.manifest.image_size
        for start in range(0, len(pictures), _AT_ONCE):
            paths = pictures[start : start + _AT_ONCE]
            opened = [read_picture(path.read_bytes(), str(path), size) for path in paths]
            for path, found in zip(paths, captioner.captions(opened, beam_size=beam_size), strict=True):
                click.echo(f"{path}\t{found.text}")


def need_pillow() -> None:
    """Raises ConfigError if Pillow, which opens pictures, is not installed."""
    if find_spec("PIL") is None:
        raise ConfigError("Pillow is not installed: run pip install 'seq2seq-translator[captions]'")
