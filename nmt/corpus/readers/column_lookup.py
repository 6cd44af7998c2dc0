"""Look up the requested columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nmt.corpus.corpus_spec import Columns
from nmt.errors import CorpusError


def find_columns(path: Path, header: Sequence[str] | None, columns: Columns, line: int = 1) -> tuple[int, int]:
    """Return the indices, from 0, of the source and the target column; by number if there is no `header` on `line`.

    Raises CorpusError for a column that is missing or occurs twice.
    """
    return _find(path, header, columns.source, line), _find(path, header, columns.target, line)


def _find(path: Path, header: Sequence[str] | None, name: str, line: int) -> int:
    if header is None:
        if int(name) < 1:
            raise CorpusError(f"{path}: column {name} cannot be: columns are counted from 1")
        return int(name) - 1
    if header.count(name) != 1:
        fault = "no column" if name not in header else "more than one column"
        raise CorpusError(
            f"{path} line {line}: {fault} {name!r}; its columns are {', '.join(map(repr, header))}: name two of them, "
            f"for example {path},source={header[0]},target={header[-1]}; where these are texts and the file has no "
            f"header, count its columns from 1: {path},source=1,target=2"
        )
    return header.index(name)
