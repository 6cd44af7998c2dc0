"""`nmt promote` and `nmt rollback`: choose which version of a package is served."""

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
@click.option("--to", "place", required=True, type=directory, help="Directory of the package to replace.")
@data_options("test", "Test pairs to compare both packages on")
@reports_errors
def promote(candidate: Path, place: Path, **data: Any) -> None:
    """Replace a served package if the candidate is no worse.

    On the test pairs, the candidate may not score a point lower, repeat itself more often or be slower; see
    docs/fine-tuning.md. A running service loads it automatically. The previous version is kept; nmt rollback restores
    it.

    \b
    nmt promote tuned/en-de --to models/en-de --test general.tsv --test new.tsv
    """
    need_training_extra()
    from nmt.corpus import Direction
    from nmt.corpus.test_sets import read_test_set
    from nmt.promotion import Place
    from nmt.promotion.comparing import FEWEST_PAIRS, compare
    from nmt.runtime import ModelPackage
    from nmt.scores import not_measured

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
    if unmeasured := not_measured(criterion.metric for criterion in criteria):
        click.echo(unmeasured, err=True)
    failed = [criterion.name for criterion in criteria if not criterion.holds]
    if failed:
        raise PackageError(f"{candidate} is not put in place: {', '.join(failed)} failed; {place} is unchanged")
    with _changing(place):
        Place(place).install(new)
    before = f"; nmt rollback restores version {old.manifest.version}" if old else ""
    click.echo(f"{place} is version {new.manifest.version} now{before}")


def _served(place: Path) -> ModelPackage | None:
    """Return the package to compare with, or None if `place` does not exist."""
    from nmt.runtime import ModelPackage

    try:
        return ModelPackage.open(place) if place.exists() else None
    except PackageCorrupt as error:
        raise PackageError(
            f"{error}. A damaged package cannot be compared with: nmt rollback {place} brings back an earlier "
            f"version, if one is kept"
        ) from error


@click.command()
@click.argument("place", type=directory)
@reports_errors
def rollback(place: Path) -> None:
    """Restore the version before the last promotion.

    Run it again to restore the version before that.

    \b
    nmt rollback models/en-de
    """
    from nmt.promotion import Place

    with _changing(place):
        click.echo(f"{place} is version {Place(place).roll_back().manifest.version} now")


@contextmanager
def _changing(place: Path) -> Iterator[None]:
    """Raises ConfigError instead of OSError if files cannot be written."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"{place}: cannot be changed ({error}); check that {place.parent} is writable and has free space"
        ) from error


def _see_that_it_fits(new: ModelPackage, old: ModelPackage | None, place: Path) -> None:
    """Raises ConfigError if a service could not load `new` at `place`."""
    from nmt.runtime import ModelPackage, packages_in

    def pair(package: ModelPackage) -> str:
        return f"{package.manifest.source} to {package.manifest.target}"

    if old and pair(old) != pair(new):
        raise ConfigError(
            f"{new.path} translates {pair(new)}, but {place} {pair(old)}: choose a package for {pair(new)} with --to"
        )
    for path in packages_in(place.parent):
        if path.resolve() != place.resolve() and pair(ModelPackage.open(path)) == pair(new):
            raise ConfigError(
                f"{path} also translates {pair(new)}, but a service loads only one package per language pair: move it "
                f"out of {place.parent}"
            )


def _show(criteria: list[Criterion]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("", "now", "candidate", "allowed", "")
    for each in criteria:
        table.add_row(each.name, each.now, each.candidate, each.allowed, "ok" if each.holds else "WORSE")
    Console().print(table)
