"""`nmt bulk`: translate folders of text, or make training pairs of them, on this machine or on a cluster."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import click

from nmt.cli.options import directory, need_cluster_extra, reports_errors
from nmt.errors import ConfigError

if TYPE_CHECKING:
    from nmt.bulk.packages import Packages
    from nmt.bulk.plan import Plan
    from nmt.runtime import Package

_LEAST_CHRF = 30.0
_MOST_PERPLEXITY = 4.0
"""Chosen by `benchmarks/back_translation.py`: see docs/cluster.md."""


@click.command()
@click.option("--model", required=True, type=directory, help="Directory of the package.")
@click.option(
    "--input",
    "source",
    required=True,
    metavar="PLACE",
    help="A file, a directory or a quoted glob: a path, or an fsspec URL such as s3://bucket/texts.",
)
@click.option("--output", required=True, metavar="PLACE", help="Directory for the same files, translated: path or URL.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "tsv", "jsonl", "parquet"]),
    help="Format of the files [default: by name; .gz and .zst are unpacked and packed again].",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    help="Column to translate: a name, or a number in TSV without a header. Others pass through. Repeatable.",
)
@click.option("--scores", is_flag=True, help="Also write the score and the marks of each translation.")
@click.option(
    "--back-translate",
    is_flag=True,
    help="Make training pairs: each text becomes a target, and --model, the reverse package, writes its source.",
)
@click.option(
    "--forward",
    type=directory,
    help="With --back-translate: package that translates the sources again; pairs whose round trip is lost are left "
    "out.",
)
@click.option(
    "--least-chrf",
    type=click.FloatRange(0, 100),
    help=f"chrF that a round trip needs to be kept. [default: {_LEAST_CHRF:g}]",
)
@click.option(
    "--lm",
    "language_model",
    type=directory,
    help="With --back-translate: language model of the sources' language; pairs with an unlikely source are left out.",
)
@click.option(
    "--most-perplexity",
    type=click.FloatRange(0, min_open=True),
    help=f"Perplexity that a source may have, in times that of the language model's validation text. "
    f"[default: {_MOST_PERPLEXITY:g}]",
)
@click.option("--beam-size", type=click.IntRange(1), help="Beam size; 1 is greedy search [default: the package's].")
@click.option("--max-length", type=click.IntRange(1), help="Maximum subwords per translated sentence.")
@click.option(
    "--shard-lines",
    type=click.IntRange(1),
    default=2000,
    show_default=True,
    help="Most lines of a shard, which is what is done again after a failure.",
)
@click.option("--address", help="Address of a Ray cluster, or auto for the one on this machine [default: no cluster].")
@click.option("--workers", type=click.IntRange(1), help="Number of workers [default: as many as the machines hold].")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True, help="Processors of a worker.")
@click.option("--dry-run", is_flag=True, help="Translate a sample, print the time and machines it takes, and stop.")
@reports_errors
def bulk(source: str, output: str, dry_run: bool, **options: Any) -> None:
    """Translate a folder of files, each line once, and resume after any failure with the same command.

    \b
    nmt bulk --model models/en-de --input texts --output translated
    nmt bulk --model models/en-de --input 's3://bucket/in/*.jsonl.gz' --column text --output s3://bucket/out
    nmt bulk --back-translate --model models/de-en --forward models/en-de --input german --output pairs
    """
    need_cluster_extra()
    from rich.console import Console

    from nmt.bulk.translate import BulkRequest, translate_bulk

    packages = _packages(options)
    plan = _plan(packages, options)
    request = BulkRequest(packages, source, output, plan, options["threads"], options["workers"], options["address"])
    if dry_run:
        from nmt.bulk.estimate import estimate

        click.echo(estimate(request))
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        click.echo(translate_bulk(request, Console(stderr=True, markup=False)), err=True)
    except KeyboardInterrupt:
        raise click.ClickException(f"stopped; the same command goes on with what is in {output}") from None


def _packages(options: dict[str, Any]) -> Packages:
    """Open the packages. Raises ConfigError on options that say nothing without another, and on other languages."""
    for option, needed in (
        ("forward", "back_translate"),
        ("language_model", "back_translate"),
        ("least_chrf", "forward"),
        ("most_perplexity", "language_model"),
    ):
        if options[option] is not None and not options[needed]:
            raise ConfigError(
                f"{_typed(option)} {options[option]} filters back-translations: say {_typed(needed)} too, or leave it "
                f"out"
            )
    from nmt.bulk.packages import Packages
    from nmt.language_model import LanguageModelPackage
    from nmt.runtime import ModelPackage

    packages = Packages(
        ModelPackage.open(options["model"]),
        ModelPackage.open(options["forward"]) if options["forward"] else None,
        LanguageModelPackage.open(options["language_model"]) if options["language_model"] else None,
    )
    packages.check_languages()
    return packages


def _plan(packages: Packages, options: dict[str, Any]) -> Plan:
    from nmt.bulk.plan import Plan

    least, most = options["least_chrf"], options["most_perplexity"]
    return Plan(
        model=_named(packages.model),
        beam_size=packages.model.manifest.decoding.options(beam_size=options["beam_size"]).beam_size,
        max_length=options["max_length"],
        format=options["format_name"],
        columns=tuple(dict.fromkeys(options["columns"])),
        scores=options["scores"],
        shard_lines=options["shard_lines"],
        back_translate=options["back_translate"],
        forward=_named(packages.forward) if packages.forward else None,
        least_chrf=(_LEAST_CHRF if least is None else least) if packages.forward else None,
        lm=_named(packages.language_model) if packages.language_model else None,
        most_perplexity=(_MOST_PERPLEXITY if most is None else most) if packages.language_model else None,
    )


def _named(package: Package[Any]) -> str:
    return f"{package.manifest.name} {package.manifest.version}"


def _typed(option: str) -> str:
    return {"language_model": "--lm"}.get(option, "--" + option.replace("_", "-"))
