"""`nmt suggestions`: the corrections that people gave, as pairs to train on."""

from __future__ import annotations

import json

import click

from nmt.cli.options import reports_errors
from nmt.errors import ConfigError


@click.group()
def suggestions() -> None:
    """The corrections that people sent to the service.

    They are in the directory that NMT_STATE_DIR names.

    \b
    nmt suggestions export --source en --target de > suggestions.jsonl
    """


@suggestions.command()
@click.option("--source", required=True, help="Source language code.")
@click.option("--target", required=True, help="Target language code.")
@reports_errors
def export(source: str, target: str) -> None:
    """Write the suggestions of a language pair to standard output, a JSON object a line, as --train reads them.

    \b
    nmt suggestions export --source en --target de > suggestions.jsonl
    nmt train --from models/en-de --train suggestions.jsonl --output tuned/en-de
    """
    from service.settings import Settings
    from service.state import State
    from service.translating.suggestions import Memory

    directory = Settings().state_dir
    state = State(directory)
    try:
        pairs = Memory(state).pairs(source, target)
    finally:
        state.close()
    if not pairs:
        raise ConfigError(
            f"no suggestions from {source} to {target} in {directory}: set NMT_STATE_DIR as it is for the service, and "
            f"see that NMT_SUGGESTIONS is true there"
        )
    for text, translation in pairs:
        # Not TSV: a suggestion may have tabs and line breaks.
        click.echo(json.dumps({"source": text, "target": translation}, ensure_ascii=False).encode())
