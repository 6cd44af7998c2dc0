"""`nmt models`: list and check the packages in a directory."""

from __future__ import annotations

from pathlib import Path

import click

from nmt.cli.options import directory, reports_errors
from nmt.errors import ConfigError, PackageError


@click.group()
def models() -> None:
    """List the packages in a directory, and check their files."""


_models_option = click.option(
    "--models", type=directory, default=Path("models"), show_default=True, help="Directory of packages."
)


@models.command(name="list")
@_models_option
@reports_errors
def list_models(models: Path) -> None:
    """List packages with languages, precision, size and scores.

    \b
    nmt models list --models models
    """
    from nmt.runtime import ModelPackage

    for path in _packages(models):
        try:
            manifest = ModelPackage.open(path).manifest
        except PackageError as error:
            click.echo(f"{path.name}\tdamaged: {error}")
            continue
        megabytes = sum((path / name).stat().st_size for name in manifest.files) / 1e6
        scores = ", ".join(f"{score.metric} {score.value:.1f} on {score.test_set}" for score in manifest.scores)
        columns = (
            path.name,
            f"{manifest.source} to {manifest.target}",
            str(manifest.model["precision"]),
            f"{megabytes:.1f} MB",
            scores or "no scores",
        )
        click.echo("\t".join(columns))


@models.command()
@_models_option
@reports_errors
def check(models: Path) -> None:
    """Compare the files of all packages with their hashes.

    The hashes are in the manifests. Exit code 1 means that a file differs.

    \b
    nmt models check --models models
    """
    from nmt.runtime import ModelPackage

    damaged = 0
    for path in _packages(models):
        try:
            click.echo(f"{path.name}\tintact, version {ModelPackage.open(path).manifest.version}")
        except PackageError as error:
            damaged += 1
            click.echo(f"{path.name}\tdamaged: {error}")
    if damaged:
        raise ConfigError(f"{damaged} of the packages in {models} are damaged: copy them or train them again")


def _packages(directory: Path) -> list[Path]:
    from nmt.runtime.package import packages_in

    if not directory.is_dir():
        raise ConfigError(f"{directory}: no such directory; give --models DIRECTORY")
    found = list(packages_in(directory))
    if not found:
        raise ConfigError(f"{directory}: no model packages here; train one with: nmt train --output {directory}/en-xx")
    return found
