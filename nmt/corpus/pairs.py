"""Sentence pairs from files: one TSV, or two files aligned by line; plain or gzip; UTF-8."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nmt.errors import CorpusError

_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A source sentence and its translation."""

    source: str
    target: str


def read_pairs(paths: Sequence[Path]) -> Iterator[SentencePair]:
    """The pairs of one TSV file (source, tab, target) or of a source file and a target file.

    Raises CorpusError, naming file and line, on anything that is not two texts.
    """
    if len(paths) == 1:
        return read_tsv(paths[0])
    if len(paths) == 2:
        return read_aligned(paths[0], paths[1])
    raise CorpusError(f"expected one TSV file or two aligned files, found {len(paths)}: {', '.join(map(str, paths))}")


def read_tsv(path: Path) -> Iterator[SentencePair]:
    """Pairs of a file with two tab-separated columns a line, in its order."""
    for number, line in enumerate(read_lines(path), start=1):
        columns = line.split("\t")
        if len(columns) != 2:
            raise CorpusError(f"{path} line {number}: expected 2 tab-separated columns, found {len(columns)}")
        yield SentencePair(*columns)


def read_aligned(source: Path, target: Path) -> Iterator[SentencePair]:
    """Pairs of two files whose lines correspond; files of different length are refused."""
    sources, targets = read_lines(source), read_lines(target)
    count = 0
    for count, (left, right) in enumerate(zip(sources, targets, strict=False), start=1):  # noqa: B007
        yield SentencePair(left, right)
    # zip has already taken the source line that found no partner.
    more_sources = count + sum(1 for _ in read_lines(source, skip=count))
    more_targets = count + sum(1 for _ in targets)
    if more_sources != more_targets:
        raise CorpusError(
            f"{source} has {more_sources} lines and {target} has {more_targets}: aligned files need the same "
            f"number; the first {count} would pair up, but one missing line shifts all after it"
        )


def read_lines(path: Path, skip: int = 0) -> Iterator[str]:
    """Lines of a UTF-8 file without their ends; only a line feed ends a line, as line tools count.

    The first `skip` lines are passed over. Raises CorpusError on a missing file, a broken gzip stream or
    bytes that are no UTF-8.
    """
    try:
        with _open(path) as stream:
            for number, raw in enumerate(stream, start=1):
                if number > skip:
                    yield _decode(raw, path, number)
    except (OSError, EOFError) as error:
        raise CorpusError(f"{path}: cannot be read ({error}); check the path and that the file is whole") from error


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as plain:
        compressed = plain.read(2) == _GZIP_MAGIC
    return gzip.open(path, "rb") if compressed else path.open("rb")  # type: ignore[return-value]


def _decode(raw: bytes, path: Path, number: int) -> str:
    try:
        line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"{path} line {number}: byte {error.start} (0x{raw[error.start]:02X}) is not UTF-8; convert the file, "
            f"for example with iconv -f LATIN1 -t UTF-8"
        ) from error
    return line.removesuffix("\n").removesuffix("\r")
