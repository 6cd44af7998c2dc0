"""`nmt suggestions`: export suggested translations as training pairs."""

from __future__ import annotations

import json

import click

from nmt.cli.options import reports_errors
from nmt.errors import ConfigError


@click.group()
def suggestions() -> None:
    """Export the translations that users suggested to the service.

    They are stored in the directory that NMT_STATE_DIR names.

    \b
    nmt suggestions export --source en --target de > suggestions.jsonl
    """


@suggestions.command()
@click.option("--source", required=True, help="Source language code.")
@click.option("--target", required=True, help="Target language code.")
@reports_errors
def export(source: str, target: str) -> None:
    """Write the suggestions of a language pair to standard output.

    The output has one JSON object per line, which nmt train --train can read.

    \b
    nmt suggestions export --source en --target de > suggestions.jsonl
    nmt train --from models/en-de --train suggestions.jsonl --output tuned/en-de
    """
    from service.settings import Settings
    from service.state import State
    from service.translating.suggestions import SuggestionStore

    directory = Settings().state_dir
    state = State(directory)
    try:
        pairs = SuggestionStore(state).pairs(source, target)
    finally:
        state.close()
    if not pairs:
        raise ConfigError(
            f"no suggestions from {source} to {target} in {directory}: set NMT_STATE_DIR to the directory of the "
            f"service, and check that the service runs with NMT_SUGGESTIONS=true"
        )
    for text, translation in pairs:
        # Not TSV: a suggestion may contain tabs and line breaks.
        click.echo(json.dumps({"source": text, "target": translation}, ensure_ascii=False).encode())
