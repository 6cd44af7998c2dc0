"""Read pairs from the named columns of a table: comma-separated values, or one JSON object per line."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

from nmt.corpus.corpus_spec import Columns, Direction
from nmt.corpus.pairs import Origin, SentencePair
from nmt.corpus.readers.column_lookup import find_columns
from nmt.corpus.readers.lines import read_raw_lines
from nmt.corpus.readers.one_line import one_line
from nmt.errors import CorpusError

_DELIMITERS = ",;\t|"
_CR_LINE = re.compile(r"[^\r]*\r|[^\r]+")
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])(?:\r?\n|\r)")
"""The line that Excel writes before the header to declare the delimiter."""


def read_csv(path: Path, columns: Columns | None, direction: Direction) -> Iterator[SentencePair]:
    """Read pairs from a table whose first row names its columns, or whose columns are given by number in `columns`.

    The delimiter is the most frequent of `,` `;` tab and `|` in the first line. Quoted cells may span several lines.
    """
    lines = _with_any_line_ends(read_raw_lines(path))
    first = next(lines, "")
    hint = _SEPARATOR_LINE.fullmatch(first)
    if hint:
        first = next(lines, "")
    delimiter = hint[1] if hint else max(_DELIMITERS, key=re.sub(r'"[^"]*"', "", first).count)
    rows = csv.reader(_chained(first, lines), delimiter=delimiter, strict=True)
    try:
        header = None
        if columns is None or not columns.are_numbers:
            header = next((row for row in rows if row), None)
            if header is None:
                return
        line = rows.line_num + bool(hint)
        source, target = find_columns(path, header, columns or _usual_columns(header or [], direction), line)
        width = len(header) if header is not None else max(source, target) + 1
        number = line + 1
        for row in rows:
            # Without a header, rows may have more cells than requested. An empty row is a blank line.
            if row and (len(row) < width or (header is not None and len(row) > width)):
                raise CorpusError(
                    f"{path} line {number}: found {len(row)} cells, expected {width} with the delimiter "
                    f"{delimiter!r}; quote cells that hold it"
                )
            if row:
                yield SentencePair(one_line(row[source]), one_line(row[target]), Origin(path, number))
            number = rows.line_num + 1 + bool(hint)
    except csv.Error as error:
        raise CorpusError(
            f"{path} line {rows.line_num + bool(hint)}: not CSV ({error}); look for a quotation mark that is not "
            f"closed or not doubled, here or in the lines before"
        ) from error


def _with_any_line_ends(lines: Iterator[str]) -> Iterator[str]:
    """Part the first of `lines` at carriage returns if no line feed ends it: Excel for Mac wrote such files."""
    first = next(lines, "")
    yield from _CR_LINE.findall(first) if not first.endswith("\n") else [first]
    yield from lines


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _usual_columns(names: list[str], direction: Direction) -> Columns:
    """Return the columns named after the languages if they exist, else `source` and `target`."""
    if direction.source in names and direction.target in names:
        return Columns(direction.source, direction.target)
    return Columns("source", "target")


def read_jsonl(path: Path, columns: Columns | None, direction: Direction) -> Iterator[SentencePair]:
    """Read pairs from a file with one JSON object per line. Blank lines are skipped.

    A column may name a nested field: `translation.en`. `null` is an empty text.
    """
    for number, line in enumerate(read_raw_lines(path), start=1):
        if not line.strip():
            continue
        origin = Origin(path, number)
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise CorpusError(f"{origin}: not JSON ({error}); expected one object a line") from error
        if not isinstance(record, dict):
            raise CorpusError(f"{origin}: expected a JSON object, found {type(record).__name__}")
        chosen = columns or _usual_columns(list(record), direction)
        yield SentencePair(_text(record, chosen.source, origin), _text(record, chosen.target, origin), origin)


def _text(record: dict[str, object], name: str, origin: Origin) -> str:
    value: object = record
    for key in [name] if name in record else name.split("."):
        if not isinstance(value, dict) or key not in value:
            found = ", ".join(map(repr, record)) or "nothing"
            raise CorpusError(
                f"{origin}: no {name!r}; the object has {found}: say which hold the texts, for example "
                f"{origin.path},source=translation.en,target=translation.de"
            )
        value = value[key]
    if value is None:
        return ""
    if not isinstance(value, str):
        raise CorpusError(f"{origin}: {name!r} is {value!r:.50}, expected a text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise CorpusError(
            f"{origin}: {name!r} has half of a surrogate pair, U+{ord(value[error.start]):04X}, which is no character; "
            f"mend the escape"
        ) from error
    return one_line(value)
