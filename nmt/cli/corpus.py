"""`nmt corpus`: check a corpus before training on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from nmt.cli.options import (
    data_options,
    existing_file,
    need_training_extra,
    reports_errors,
    sources_of,
    training_sources,
)
from nmt.errors import CorpusError

_new_file = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group()
def corpus() -> None:
    """Check sentence pairs before training on them.

    \b
    nmt corpus check --train pairs.tsv --source en --target de
    """


@corpus.command()
@data_options("train", "Training pairs")
@data_options("valid", "Validation pairs [default: held out of the training pairs]")
@data_options("test", "Test pairs")
@click.option("--source", required=True, help="Source language code.")
@click.option("--target", required=True, help="Target language code.")
@click.option("--settings", "settings_file", type=existing_file, help="Training settings, as a YAML file.")
@click.option("--set", "overrides", multiple=True, metavar="NAME=VALUE", help="Set one training setting. Repeatable.")
@click.option("--html", type=_new_file, help="Write the report, with plots, to this HTML file.")
@click.option("--json", type=_new_file, help="Write the report to this JSON file.")
@reports_errors
def check(
    source: str, target: str, overrides: tuple[str, ...], html: Path | None, json: Path | None, **rest: Any
) -> None:
    """Report what is in a corpus and what is wrong with it.

    Also estimates how long training on it will take. The corpus is not changed. Exit code 1 means that training is
    impossible; all other findings are for you to judge.

    \b
    nmt corpus check --train pairs.tsv --source en --target de --html report.html
    """
    need_training_extra()
    from rich.console import Console

    from nmt.corpus import Direction
    from nmt.corpus.check import html_report
    from nmt.corpus.check.output.console import print_report
    from nmt.corpus.progress import CorpusProgress
    from nmt.training.corpus_check import check_before_training
    from nmt.training.data.prepare import Sources
    from nmt.training.settings.settings import Settings

    passes = CorpusProgress(Console(stderr=True))
    sources = Sources(training_sources(rest), Direction(source, target), sources_of(rest, "valid"), passes=passes)
    report = check_before_training(sources, sources_of(rest, "test"), Settings.parse(overrides, rest["settings_file"]))
    if html is not None:
        html.write_text(html_report(report), encoding="utf-8")
    if json is not None:
        json.write_text(report.to_json(), encoding="utf-8")
    print_report(report, Console())
    if report.impossible:
        raise CorpusError("training on this corpus is impossible: see the findings above")
