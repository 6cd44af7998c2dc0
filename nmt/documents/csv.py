"""Comma-separated values: a fragment for each cell of one column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from nmt.documents.document import Fragment, has_letters
from nmt.documents.encoding import decoded
from nmt.documents.patches import Patch, PatchedText
from nmt.errors import DocumentError

_DELIMITERS = ",;\t|"
_NO_DELIMITER = "\0"
"""Delimiter of a table with one column, whose cells may hold any delimiter. No decoded file contains this character."""
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])(?:\r\n|\r|\n)")
"""Line that Excel writes before the header to state the delimiter."""
_QUOTED = r'"(?:[^"]|"")*+"'


@dataclass(frozen=True, slots=True)
class _Cell:
    row: int
    column: int
    start: int
    """Offset of the cell in the file, in characters."""
    source: str
    """The cell as it stands in the file, with its quotation marks."""

    @property
    def value(self) -> str:
        return self.source[1:-1].replace('""', '"') if self.is_quoted else self.source

    @property
    def is_quoted(self) -> bool:
        return re.fullmatch(_QUOTED, self.source) is not None


def read_csv(name: str, content: bytes, column: str | None) -> PatchedText:
    """Read the table `name`, whose first row names its columns.

    Only the cells of `column` are translated. It may be omitted if there is only one column. The delimiter is the one
    of `,` `;` tab and `|` that is most frequent in the first row. Python's csv module is not used because it does not
    report how a cell stood in the file.
    """
    source = decoded(name, content)
    hint = _SEPARATOR_LINE.match(source.text)
    start = hint.end() if hint else 0
    rows = groupby(_cells(source.text, start, hint[1] if hint else _delimiter(source.text)), lambda cell: cell.row)
    names = [cell.value for cell in next(rows, (0, iter(())))[1]]
    index = _column_index(name, names, column)
    found = [cell for _, row in rows for cell in row if cell.column == index and has_letters(cell.value)]
    return PatchedText(source, [_patch(cell) for cell in found])


def _patch(cell: _Cell) -> Patch:
    def written(text: str) -> str:
        quoted = cell.is_quoted or any(character in text for character in _DELIMITERS + '"\r\n')
        return '"' + text.replace('"', '""') + '"' if quoted else text

    return Patch(cell.start, cell.start + len(cell.source), Fragment(cell.value), written)


def _column_index(name: str, names: list[str], column: str | None) -> int:
    if not any(names):
        raise DocumentError(f"{name} has no header: its first row must name the columns")
    known = ", ".join(repr(each) for each in names)
    if column is None:
        if len(names) > 1:
            raise DocumentError(f"{name} has {len(names)} columns: say which `column` to translate, one of {known}")
        return 0
    if names.count(column) != 1:
        fault = "no column" if column not in names else "more than one column"
        raise DocumentError(f"{name} has {fault} {column!r}: its columns are {known}")
    return names.index(column)


def _delimiter(text: str) -> str:
    header = re.match(rf"(?:{_QUOTED}|[^\r\n])*+", text)
    outside = re.sub(_QUOTED, "", header[0] if header else "")
    best = max(_DELIMITERS, key=outside.count)
    return best if best in outside else _NO_DELIMITER


def _cells(text: str, start: int, delimiter: str) -> Iterator[_Cell]:
    """Yield every cell of `text` from `start` on, row by row. A blank line is a row with an empty cell."""
    cell = re.compile(rf"(?:{_QUOTED})?[^{re.escape(delimiter)}\r\n]*")
    row = column = 0
    while start < len(text):
        match = cell.match(text, start)
        source = match[0] if match else ""
        yield _Cell(row, column, start, source)
        start += len(source)
        if text.startswith(delimiter, start):
            start += 1
            column += 1
        else:
            start += 2 if text.startswith("\r\n", start) else 1
            row, column = row + 1, 0
