"""`nmt evaluate`: BLEU and chrF of a package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from nmt.cli.options import data_options, directory, need_training_extra, reports_errors, sources_of
from nmt.errors import ConfigError


@click.command()
@data_options("test", "Pairs to score on")
@click.option("--model", required=True, type=directory, help="Package directory.")
@click.option("--beam-size", type=click.IntRange(1), help="1 is greedy [default: the package's].")
@reports_errors
def evaluate(model: Path, beam_size: int | None, **data: Any) -> None:
    """BLEU and chrF of a package on sentence pairs, with sacreBLEU's signatures.

    \b
    nmt evaluate --model models/en-de --test-aligned test.en.gz test.de.gz
    """
    need_training_extra()
    from nmt.corpus import Direction
    from nmt.corpus.test_sets import read_test_set
    from nmt.runtime import ModelPackage
    from nmt.training.report.scoring import score_package

    sources = sources_of(data, "test")
    if not sources:
        raise ConfigError("no test pairs: give --test PAIRS.TSV or --test-aligned SOURCE TARGET")
    manifest = ModelPackage.open(model).manifest
    direction = Direction(manifest.source, manifest.target)
    for test in [read_test_set(source, direction) for source in sources]:
        if test.left_out:
            click.echo(test, err=True)
        for item in score_package(model, test, beam_size):
            click.echo(f"{item.metric} {item.value:.2f}  {item.test_set}  beam {item.beam_size}  {item.signature}")
