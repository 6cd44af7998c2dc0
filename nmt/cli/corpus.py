"""`nmt corpus`: check a corpus before training on it, and select the pairs nearest to one's own texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from nmt.cli.options import (
    data_options,
    direction_of,
    existing_file,
    need_training_extra,
    reports_errors,
    sources_of,
    training_sources,
)
from nmt.errors import ConfigError, CorpusError

_new_file = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group()
def corpus() -> None:
    """Check sentence pairs before training on them, and select those nearest to your own texts.

    \b
    nmt corpus check --train pairs.tsv --source en --target de
    nmt corpus select --train pairs.tsv --source en --target de --like mine.txt --number 10000 --output near.tsv
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

    from nmt.corpus.check import html_report
    from nmt.corpus.check.output.console import print_report
    from nmt.corpus.progress import CorpusProgress
    from nmt.training.corpus_check import check_before_training
    from nmt.training.data.prepare import Sources
    from nmt.training.settings.settings import Settings

    passes = CorpusProgress(Console(stderr=True))
    sources = Sources(training_sources(rest), direction_of(source, target), sources_of(rest, "valid"), passes=passes)
    report = check_before_training(sources, sources_of(rest, "test"), Settings.parse(overrides, rest["settings_file"]))
    if html is not None:
        html.write_text(html_report(report), encoding="utf-8")
    if json is not None:
        json.write_text(report.to_json(), encoding="utf-8")
    print_report(report, Console())
    if report.impossible:
        raise CorpusError("training on this corpus is impossible: see the findings above")


@corpus.command()
@data_options("train", "Pairs to select from")
@click.option("--source", required=True, help="Source language code.")
@click.option("--target", required=True, help="Target language code.")
@click.option("--like", required=True, type=existing_file, help="Your own texts in the source language, one a line.")
@click.option("--like-target", type=existing_file, help="Your own texts in the target language, one a line.")
@click.option("--number", required=True, type=click.IntRange(1), help="Number of pairs to select.")
@click.option("--output", required=True, type=_new_file, help="TSV file for the selected pairs.")
@click.option("--overwrite", is_flag=True, help="Replace the output file if there is one.")
@reports_errors
def select(source: str, target: str, number: int, output: Path, overwrite: bool, **rest: Any) -> None:
    """Write the pairs of a corpus that are nearest to a sample of your own texts, nearest first.

    Pairs that cleaning would leave out are not selected, and equal pairs once.

    \b
    nmt corpus select --train pairs.tsv --source en --target de --like mine.txt --number 10000 --output near.tsv
    """
    need_training_extra()
    from rich.console import Console

    from nmt.corpus import read_pairs
    from nmt.corpus.corpus_spec import STANDARD_INPUT
    from nmt.corpus.progress import CorpusProgress
    from nmt.corpus.readers.lines import read_lines
    from nmt.corpus.readers.one_line import one_line
    from nmt.corpus.selection import Selector
    from nmt.training.run.disk_space import write_small_file

    if output.exists() and not overwrite:
        raise ConfigError(f"{output} exists: give another --output, or --overwrite to replace it")
    specs, direction = training_sources(rest), direction_of(source, target)
    if any(STANDARD_INPUT in spec.paths for spec in specs):
        raise ConfigError("standard input (-) can be read but once, and selecting reads twice: put the text into files")
    own_targets = list(read_lines(rest["like_target"])) if rest["like_target"] else []
    passes = CorpusProgress(Console(stderr=True))
    with passes.doing("drawing a sample of the corpus") as follow:
        pairs = follow(pair for spec in specs for pair in read_pairs(spec, direction))
        selector = Selector(list(read_lines(rest["like"])), own_targets, pairs)
    with passes.doing("looking for the nearest pairs") as follow:
        pairs = follow(pair for spec in specs for pair in read_pairs(spec, direction))
        found = selector.select(pairs, number)
    lines = (f"{one_line(pair.source)}\t{one_line(pair.target)}\n" for pair in found.pairs)
    write_small_file(output, "".join(lines).encode())
    click.echo(
        f"{len(found.pairs):,} of {found.read:,} pairs written to {output}, nearest first: scores from "
        f"{found.scores[0]:.2f} to {found.scores[-1]:.2f} nats per character (below 0: nearer to your texts than to "
        f"the corpus)"
    )
