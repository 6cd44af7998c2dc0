"""Read pairs from lines of UTF-8: one file with tab-separated columns, or two files aligned by line."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from nmt.corpus.corpus_spec import Columns
from nmt.corpus.pairs import Origin, SentencePair
from nmt.corpus.readers.column_lookup import find_columns
from nmt.corpus.readers.compressed import open_unpacked
from nmt.errors import CorpusError


def read_tsv(path: Path, columns: Columns | None) -> Iterator[SentencePair]:
    """Read pairs from a file with tab-separated columns, in order. There is no quoting; blank lines are skipped.

    Without `columns`, the file has exactly two columns and no header.
    """
    # A line with only a tab is not blank: it is a pair without text, which cleaning leaves out and counts.
    lines = ((number, line) for number, line in enumerate(read_lines(path), start=1) if "\t" in line or line.strip())
    if columns is None:
        for number, line in lines:
            parts = line.split("\t")
            if len(parts) != 2:
                raise CorpusError(
                    f"{path} line {number}: expected 2 tab-separated columns, found {len(parts)}; "
                    + _remedy(path, len(parts))
                )
            yield SentencePair(parts[0], parts[1], Origin(path, number))
        return
    first, names = (1, None) if columns.are_numbers else next(lines, (1, ""))
    source, target = find_columns(path, None if names is None else names.split("\t"), columns, first)
    for number, line in lines:
        parts = line.split("\t")
        if len(parts) <= max(source, target):
            raise CorpusError(
                f"{path} line {number}: expected at least {max(source, target) + 1} tab-separated columns, "
                f"found {len(parts)}"
            )
        yield SentencePair(parts[source], parts[target], Origin(path, number))


def _remedy(path: Path, found: int) -> str:
    if found > 2:
        return f"say which hold the texts, for example {path},source=1,target=3"
    return f"put a tab between source and target, or say which format it is, for example {path},format=csv"


def read_aligned(source: Path, target: Path) -> Iterator[SentencePair]:
    """Read pairs from two files whose lines correspond. Files of different length are rejected."""
    sources, targets = read_lines(source), read_lines(target)
    count = 0
    for left in sources:
        right = next(targets, None)
        if right is None:
            _refuse(source, target, count + 1 + sum(1 for _ in sources), count)
        else:
            count += 1
            yield SentencePair(left, right, Origin(source, count))
    more = sum(1 for _ in targets)
    if more:
        _refuse(source, target, count, count + more)


def _refuse(source: Path, target: Path, sources: int, targets: int) -> None:
    raise CorpusError(
        f"{source} has {sources} lines and {target} has {targets}: aligned files need the same "
        f"number; the first {min(sources, targets)} would pair up, but one missing line shifts all after it"
    )


def read_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 file without line ends. Only a line feed ends a line, as in line-based tools.

    Raises CorpusError on a missing file, a broken stream or bytes that are not UTF-8.
    """
    for line in read_raw_lines(path):
        yield line.removesuffix("\n").removesuffix("\r")


def read_raw_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 file with line ends."""
    with open_unpacked(path) as stream:
        for number, raw in enumerate(stream, start=1):
            try:
                line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                wide = number == 1 and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
                raise CorpusError(
                    f"{path} line {number}: byte {error.start} (0x{raw[error.start]:02X}) is not UTF-8; convert the "
                    f"file, for example with iconv -f {'UTF-16' if wide else 'LATIN1'} -t UTF-8"
                ) from error
            if line:  # empty if the file contains only a byte order mark
                yield line
