"""`nmt promote` and `nmt rollback`: which version of a package is served."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nmt.cli.options import data_options, directory, need_training_extra, reports_errors, sources_of
from nmt.errors import ConfigError, PackageCorrupt, PackageError

if TYPE_CHECKING:
    from nmt.promotion.comparing import Criterion
    from nmt.runtime import ModelPackage


@click.command()
@click.argument("candidate", type=directory)
@click.option("--to", "place", required=True, type=directory, help="Package directory to take the place of.")
@data_options("test", "Pairs to compare both packages on")
@reports_errors
def promote(candidate: Path, place: Path, **data: Any) -> None:
    """Put a package in the place of one that is served, if it is no worse.

    On the test pairs it may not score lower by a point, loop more often or take longer; see docs/fine-tuning.md.
    A running service takes it up by itself. The version before is kept: nmt rollback brings it back.

    \b
    nmt promote tuned/en-de --to models/en-de --test general.tsv --test new.tsv
    """
    need_training_extra()
    from nmt.corpus import Direction
    from nmt.corpus.test_sets import read_test_set
    from nmt.promotion import Place
    from nmt.promotion.comparing import FEWEST_PAIRS, compare
    from nmt.runtime import ModelPackage

    new = ModelPackage.open(candidate)
    old = _served(place)
    _see_that_it_fits(new, old, place)
    if old and old.manifest.version == new.manifest.version:
        click.echo(f"{place} is version {new.manifest.version} already")
        return
    direction = Direction(new.manifest.source, new.manifest.target)
    tests = [read_test_set(spec, direction) for spec in sources_of(data, "test")]
    if not tests:
        raise ConfigError("no test pairs to compare on: give --test PAIRS.TSV or --test-aligned SOURCE TARGET")
    for test in tests:
        if test.left_out:
            click.echo(test, err=True)
        if old and len(test.pairs) < FEWEST_PAIRS:
            raise ConfigError(
                f"{test.name}: {len(test.pairs)} test pairs, on which either package may come out ahead by chance: "
                f"give {FEWEST_PAIRS} or more, better 500"
            )
    criteria = compare(old, new, tests)
    _show(criteria)
    failed = [criterion.name for criterion in criteria if not criterion.holds]
    if failed:
        raise PackageError(f"{candidate} is not put in place: {', '.join(failed)}; {place} stays as it is")
    with _changing(place):
        Place(place).install(new)
    before = f", in place of {old.manifest.version}, which nmt rollback brings back" if old else ""
    click.echo(f"{place} is version {new.manifest.version} now{before}")


def _served(place: Path) -> ModelPackage | None:
    """What is to be compared with; None when nothing is in place yet."""
    from nmt.runtime import ModelPackage

    try:
        return ModelPackage.open(place) if place.exists() else None
    except PackageCorrupt as error:
        raise PackageError(
            f"{error}. What cannot be read cannot be compared with: nmt rollback {place} brings back an earlier "
            f"version, if one is kept"
        ) from error


@click.command()
@click.argument("place", type=directory)
@reports_errors
def rollback(place: Path) -> None:
    """Put the version before the last promotion in place again; said again, the one before that.

    \b
    nmt rollback models/en-de
    """
    from nmt.promotion import Place

    with _changing(place):
        click.echo(f"{place} is version {Place(place).roll_back().manifest.version} now")


@contextmanager
def _changing(place: Path) -> Iterator[None]:
    """Raises ConfigError where files cannot be written, instead of OSError."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"{place}: cannot be changed ({error}); see that {place.parent} can be written and has room"
        ) from error


def _see_that_it_fits(new: ModelPackage, old: ModelPackage | None, place: Path) -> None:
    """Raises ConfigError when a service could not take up `new` at `place`."""
    from nmt.runtime import ModelPackage, packages_in

    def pair(package: ModelPackage) -> str:
        return f"{package.manifest.source} to {package.manifest.target}"

    if old and pair(old) != pair(new):
        raise ConfigError(
            f"{new.path} translates {pair(new)}, but {place} {pair(old)}: name the place of a package for {pair(new)}"
        )
    for path in packages_in(place.parent):
        if path.resolve() != place.resolve() and pair(ModelPackage.open(path)) == pair(new):
            raise ConfigError(
                f"{path} translates {pair(new)} too, and a service takes one package of a pair: move it out of "
                f"{place.parent}"
            )


def _show(criteria: list[Criterion]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("", "now", "candidate", "allowed", "")
    for each in criteria:
        table.add_row(each.name, each.now, each.candidate, each.allowed, "ok" if each.holds else "WORSE")
    Console().print(table)
