"""`nmt memory` and `nmt suggestions`: the translation memory of the service, which holds the suggestions too."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nmt.cli.options import direction_of, reports_errors
from nmt.errors import ConfigError

if TYPE_CHECKING:
    from nmt.memory import Memory


@click.group()
def memory() -> None:
    """Import, export and count the units of the translation memory. The service may be running.

    The memory is in the directory that NMT_STATE_DIR names. The service answers from it if NMT_MEMORY or
    NMT_SUGGESTIONS is true.

    \b
    nmt memory import company.tmx --source en --target de
    nmt memory stats
    """


@memory.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE[,NAME=VALUE...]...")
@click.option("--source", required=True, help="Source language code, as the package names it.")
@click.option("--target", required=True, help="Target language code, as the package names it.")
@reports_errors
def import_files(files: tuple[str, ...], source: str, target: str) -> None:
    """Add the finished units of TMX, XLIFF, PO, Qt TS, TSV, CSV and JSONL files to the memory.

    The files are named as for nmt train --train. They are read to their ends first: if one cannot be read, nothing is
    imported. Units that are already there are not added again, so after an interruption give the same command.

    \b
    nmt memory import company.tmx --source en --target de
    nmt memory import program.po terms.csv,source=english,target=deutsch --source en --target de
    """
    from nmt.corpus import CorpusSpec
    from nmt.corpus.readers.left_out import in_words
    from nmt.memory.importing import check_files, import_file

    specs, direction = [CorpusSpec.parse(file) for file in files], direction_of(source, target)
    with opened_memory() as stored:
        units = check_files(specs, direction)
        with click.progressbar(length=units, label="importing", file=sys.stderr) as bar:
            done = [import_file(stored, spec, direction, bar.update) for spec in specs]
    for spec, each in zip(specs, done, strict=True):
        known = each.read - each.added
        click.echo(f"{spec}: {each.added:,} units added, {known:,} already there{in_words(each.left_out)}")


@memory.command()
@click.option("--source", required=True, help="Source language code.")
@click.option("--target", required=True, help="Target language code.")
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .tmx or .tsv file.")
@click.option("--overwrite", is_flag=True, help="Replace the output file if there is one.")
@reports_errors
def export(source: str, target: str, output: Path, overwrite: bool) -> None:
    """Write the units of a language pair, with the suggestions, to a TMX or TSV file.

    \b
    nmt memory export --source en --target de --output memory.tmx
    """
    from nmt.memory.exporting import export_units

    if output.exists() and not overwrite:
        raise ConfigError(f"{output} exists: give another --output, or --overwrite to replace it")
    with opened_memory() as stored:
        languages = source, target
        if not any((each.source_language, each.target_language) == languages for each in stored.counts()):
            raise ConfigError(f"the memory has no units from {source} to {target}: nmt memory stats lists the pairs")
        count, altered = export_units(output, languages, stored.units(languages))
    note = f"; {altered:,} have characters that the format cannot have, and are written without" if altered else ""
    click.echo(f"{count:,} units written to {output}{note}")


@memory.command()
@reports_errors
def stats() -> None:
    """Count the units of each language pair by origin, with the date of the newest.

    \b
    nmt memory stats
    """
    with opened_memory() as stored:
        counts = stored.counts()
    for each in counts:
        pair = f"{each.source_language}-{each.target_language}"
        click.echo(f"{pair}: {each.units:,} from {each.origin}, the newest of {each.newest:%Y-%m-%d}")
    click.echo(f"{sum(each.units for each in counts):,} units")


@click.group()
def suggestions() -> None:
    """Export the translations that users suggested to the service.

    They are stored in the translation memory, in the directory that NMT_STATE_DIR names.

    \b
    nmt suggestions export --source en --target de > suggestions.jsonl
    """


@suggestions.command("export")
@click.option("--source", required=True, help="Source language code.")
@click.option("--target", required=True, help="Target language code.")
@reports_errors
def export_suggestions(source: str, target: str) -> None:
    """Write the suggestions of a language pair to standard output.

    The output has one JSON object per line, which nmt train --train can read.

    \b
    nmt suggestions export --source en --target de > suggestions.jsonl
    nmt train --from models/en-de --train suggestions.jsonl --output tuned/en-de
    """
    from nmt.memory import SUGGESTION
    from service.settings import Settings

    with opened_memory() as memory:
        pairs = [(unit.source, unit.target) for unit in memory.units((source, target), SUGGESTION)]
    if not pairs:
        raise ConfigError(
            f"no suggestions from {source} to {target} in {Settings().state_dir}: set NMT_STATE_DIR to the directory "
            f"of the service, and check that the service runs with NMT_SUGGESTIONS=true"
        )
    for text, translation in pairs:
        # Not TSV: a suggestion may contain tabs and line breaks.
        click.echo(json.dumps({"source": text, "target": translation}, ensure_ascii=False).encode())


@contextmanager
def opened_memory() -> Iterator[Memory]:
    """Open the memory in the directory that NMT_STATE_DIR names. Raises ConfigError."""
    from service.settings import Settings
    from service.state import State
    from service.translating.memory import open_memory

    directory = Settings().state_dir
    state = State(directory)
    try:
        with open_memory(directory, state) as stored:
            yield stored
    except sqlite3.Error as error:
        raise ConfigError(
            f"the translation memory in {directory} cannot be used: {error}; check that the disk has room, and give "
            f"the command again"
        ) from error
    finally:
        state.close()
