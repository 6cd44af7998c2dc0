"""`nmt evaluate`: score a package with BLEU and chrF."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nmt.cli.options import data_options, directory, need_training_extra, reports_errors, sources_of
from nmt.errors import ConfigError

if TYPE_CHECKING:
    from nmt.runtime import Score


@click.command()
@data_options("test", "Test pairs to score on")
@click.option("--model", required=True, type=directory, help="Directory of the package.")
@click.option("--beam-size", type=click.IntRange(1), help="Beam size; 1 is greedy search [default: the package's].")
@click.option("--record", is_flag=True, help="Also write the scores into the package's manifest and card.")
@reports_errors
def evaluate(model: Path, beam_size: int | None, record: bool, **data: Any) -> None:
    """Score a package on sentence pairs with BLEU and chrF.

    Each score is printed with its sacreBLEU signature. Recorded scores take the place of earlier ones on the same sets.

    \b
    nmt evaluate --model models/en-de --test-aligned test.en.gz test.de.gz
    """
    need_training_extra()
    from nmt.corpus import Direction
    from nmt.corpus.test_sets import name_for_package, read_test_set
    from nmt.runtime import ModelPackage
    from nmt.scores import not_measured
    from nmt.training.export.recording import record_scores
    from nmt.training.report.scoring import score_package

    sources = sources_of(data, "test")
    if not sources:
        raise ConfigError("no test pairs: give --test PAIRS.TSV or --test-aligned SOURCE TARGET")
    package = ModelPackage.open(model)
    manifest = package.manifest
    direction = Direction(manifest.source, manifest.target)
    found: list[Score] = []
    names = [name_for_package(source) if record else None for source in sources]
    for test in [read_test_set(source, direction, name) for source, name in zip(sources, names, strict=True)]:
        if test.left_out:
            click.echo(test, err=True)
        scores = score_package(model, test, beam_size)
        if unmeasured := not_measured(item.metric for item in scores):
            click.echo(unmeasured, err=True)
        for item in scores:
            click.echo(f"{item.metric} {item.value:.2f}  {item.test_set}  beam {item.beam_size}  {item.signature}")
        found += scores
    if record:
        record_scores(package, found)
