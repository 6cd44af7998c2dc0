"""`nmt bulk`: translate folders of text, on this machine or on a cluster."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import click

from nmt.cli.options import directory, need_cluster_extra, reports_errors


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
def bulk(model: Path, source: str, output: str, dry_run: bool, **rest: Any) -> None:
    """Translate a folder of files, each line once, and resume after any failure with the same command.

    \b
    nmt bulk --model models/en-de --input texts --output translated
    nmt bulk --model models/en-de --input 's3://bucket/in/*.jsonl.gz' --column text --output s3://bucket/out
    """
    need_cluster_extra()
    from rich.console import Console

    from nmt.bulk.plan import Plan
    from nmt.bulk.translate import BulkRequest, translate_bulk
    from nmt.runtime import ModelPackage

    package = ModelPackage.open(model)
    options = package.manifest.decoding.options(beam_size=rest["beam_size"])
    plan = Plan(
        model=f"{package.manifest.name} {package.manifest.version}",
        beam_size=options.beam_size,
        max_length=rest["max_length"],
        format=rest["format_name"],
        columns=tuple(dict.fromkeys(rest["columns"])),
        scores=rest["scores"],
        shard_lines=rest["shard_lines"],
    )
    request = BulkRequest(package, source, output, plan, rest["threads"], rest["workers"], rest["address"])
    if dry_run:
        from nmt.bulk.estimate import estimate

        click.echo(estimate(request))
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        click.echo(translate_bulk(request, Console(stderr=True, markup=False)), err=True)
    except KeyboardInterrupt:
        raise click.ClickException(f"stopped; the same command goes on with what is in {output}") from None
