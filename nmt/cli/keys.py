"""`nmt keys`: manage the API keys of the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from service.access.keys import Keys


@click.group()
def keys() -> None:
    """Add, list and remove API keys. The service may be running.

    Keys are stored in the directory that NMT_STATE_DIR names, and checked if NMT_API_KEYS is optional or required.
    """


@keys.command()
@click.argument("name")
@click.option("--characters", type=click.IntRange(1), help="Maximum characters per month [default: no limit].")
@click.option("--requests", type=click.IntRange(1), help="Maximum requests per minute [default: the service's limit].")
def add(name: str, characters: int | None, requests: int | None) -> None:
    """Create a key and print it.

    It cannot be printed again, because only its hash is stored.
    """
    with _stored() as stored:
        click.echo(stored.add(name, characters, requests))


@keys.command("list")
def list_keys() -> None:
    """List the keys with their limits and this month's usage."""
    with _stored() as stored:
        for key in stored.all():
            most = key.characters_per_month or "unlimited"
            rate = f", {key.requests_per_minute} requests per minute" if key.requests_per_minute else ""
            click.echo(f"{key.name}: {stored.used(key.id)} of {most} characters{rate}")


@keys.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove a key with its glossaries, documents and usage.

    The service refuses the key from now on.
    """
    with _stored() as stored:
        stored.remove(name)


@contextmanager
def _stored() -> Iterator[Keys]:
    from nmt.errors import NmtError
    from service.access.keys import Keys
    from service.settings import Settings
    from service.state import State

    try:
        state = State(Settings().state_dir)
    except (NmtError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    try:
        yield Keys(state)
    except NmtError as error:
        raise click.ClickException(str(error)) from error
    finally:
        state.close()
