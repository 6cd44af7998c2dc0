"""Helpers for `nmt` commands: error messages, options of training and corpora, and a check for the training extra."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nmt.errors import ConfigError, NmtError

if TYPE_CHECKING:
    from nmt.corpus import CorpusSpec, Direction

_LANGUAGE_CODE = re.compile(r"[a-z]{1,3}(?:[-_][A-Za-z0-9]{2,8})*")
"""`auto` is none: in a request it asks for detection."""

directory = click.Path(file_okay=False, path_type=Path)
existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)

# Those of every command that trains.
output_option = click.option("--output", required=True, type=directory, help="Directory of the package to write.")
run_dir_option = click.option(
    "--run-dir", type=directory, help="Directory of checkpoints and log [default: runs/NAME-OF-OUTPUT]."
)
restart_option = click.option(
    "--restart", is_flag=True, help="Discard the training in the run directory and start again."
)
precision_option = click.option(
    "--precision",
    type=click.Choice(["int8", "float32"]),
    default="int8",
    show_default=True,
    help="Number format of the package's weights.",
)
threads_option = click.option(
    "--threads", type=click.IntRange(1), help="Number of CPU threads [default: all processors]."
)


def reports_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Report our errors as one line with exit code 1 instead of a traceback."""

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except (NmtError, ValueError) as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.filename is None:
                raise
            raise click.ClickException(f"{error.filename}: {error.strerror}") from error

    return wrapped


def data_options(name: str, help_text: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the repeatable options `--NAME pairs.tsv` and `--NAME-aligned SOURCE TARGET`."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        aligned = click.option(
            f"--{name}-aligned",
            nargs=2,
            multiple=True,
            metavar="SOURCE TARGET",
            help=f"{help_text}. Two files aligned by line. Repeatable.",
        )
        single = click.option(
            f"--{name}",
            multiple=True,
            metavar="FILE[,NAME=VALUE...]",
            help=f"{help_text}. A TSV, CSV, JSONL, TMX, XLIFF, PO or Qt TS file; see docs/training.md. Repeatable.",
        )
        return single(aligned(command))

    return decorate


def sources_of(options: dict[str, Any], name: str) -> tuple[CorpusSpec, ...]:
    """Return the corpora given to `data_options(name, ...)`. Raises ConfigError on an invalid one."""
    from nmt.corpus import CorpusSpec

    texts = (*((text,) for text in options[name]), *options[f"{name}_aligned"])
    return tuple(CorpusSpec.parse(*each) for each in texts)


def training_sources(options: dict[str, Any]) -> tuple[CorpusSpec, ...]:
    """Return the corpora given to `--train` and `--train-aligned`. Raises ConfigError if there are none."""
    sources = sources_of(options, "train")
    if not sources:
        raise ConfigError("no training pairs: give --train PAIRS.TSV or --train-aligned SOURCE TARGET")
    return sources


def direction_of(source: str, target: str) -> Direction:
    """Return the direction of a corpus. Raises ConfigError for what no request could name as a language."""
    from nmt.corpus import Direction

    for option, code in (("--source", source), ("--target", target)):
        check_language_code(option, code)
    return Direction(source, target)


def check_language_code(option: str, code: str) -> None:
    """Raise ConfigError if `code`, the value of `option`, is no language code."""
    if not _LANGUAGE_CODE.fullmatch(code):
        meant = code.lower() if _LANGUAGE_CODE.fullmatch(code.lower()) else "en, pt-BR or zh-Hans"
        raise ConfigError(
            f"{option} {code!r} is no language code, so no request could ask for it: give the code of the language, "
            f"such as {meant}"
        )


def need_training_extra() -> None:
    """Raises ConfigError if the packages that training needs are not installed."""
    _need(("ftfy", "sacrebleu", "torch", "yaml"), "training, scoring and corpus checks need it", "train")


def need_cluster_extra() -> None:
    """Raises ConfigError if the packages that `nmt bulk` needs are not installed."""
    _need(("fsspec", "pyarrow", "ray", "rich", "sacrebleu"), "nmt bulk needs it", "cluster")


def _need(packages: tuple[str, ...], why: str, extra: str) -> None:
    try:
        for name in packages:
            import_module(name)
    except ImportError as error:
        raise ConfigError(
            f"{error.name} is not installed, but {why}: run pip install 'seq2seq-translator[{extra}]'"
        ) from error
