"""Which format a file has, from its name and what the caller says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal

from nmt.bulk.formats.compression import Compression
from nmt.bulk.formats.jsonl import JsonlFormat
from nmt.bulk.formats.pairs import PairsFormat
from nmt.bulk.formats.piece import Format, Piece
from nmt.bulk.formats.text import TextFormat
from nmt.bulk.formats.tsv import TsvFormat
from nmt.errors import BulkError, ConfigError

FormatName = Literal["text", "tsv", "jsonl", "parquet"]
_BY_SUFFIX: dict[str, FormatName] = {"tsv": "tsv", "jsonl": "jsonl", "ndjson": "jsonl", "parquet": "parquet"}
"""Any other name is that of a text file."""


@dataclass(frozen=True, slots=True)
class FormatOptions:
    """What the caller says of the files."""

    name: FormatName | None = None
    """None if the names of the files tell."""
    columns: tuple[str, ...] = ()
    scores: bool = False
    pairs: bool = False
    """Whether sentence pairs are made of the texts."""


@dataclass(frozen=True, slots=True)
class StoredFormat:
    """The format of a file with its compression."""

    format: Format
    compression: Compression
    more: str = ""
    """What is added to the name of an output, in front of the ending of its compression."""

    def named(self, name: str) -> str:
        """Return the name of what is made of the file `name`."""
        return name.removesuffix(self.compression) + self.more + self.compression

    def pieces(self, packed: BinaryIO, most_lines: int) -> Iterator[Piece]:
        """Cut a file. One that is not empty has at least one piece. Raises BulkError."""
        with self.compression.unpacked(packed) as stream:
            piece = None
            for piece in self.format.pieces(stream, most_lines):
                yield piece
            if piece is None and self.compression is not Compression.NONE:
                yield Piece(0, 1, 0, b"")


def stored_format(name: str, options: FormatOptions) -> StoredFormat:
    """Return the format of the file `name`. Raises ConfigError if it has columns and none was given."""
    compression = Compression.of(name)
    texts = _format_of_texts(name, compression, options)
    if options.pairs:
        return StoredFormat(PairsFormat(texts), compression, ".tsv")
    return StoredFormat(texts, compression)


def _format_of_texts(name: str, compression: Compression, options: FormatOptions) -> Format:
    stem = name.removesuffix(compression)
    kind = options.name or _BY_SUFFIX.get(stem.rpartition(".")[2].lower(), "text")
    if kind == "text":
        if options.columns:
            raise ConfigError(f"{name}: is plain text, which has no columns: leave --column out, or say --format")
        return TextFormat(options.scores)
    if not options.columns:
        raise ConfigError(f"{name}: say which column holds the text, with --column NAME")
    if kind == "parquet":
        if compression is not Compression.NONE:
            raise BulkError(f"{name}: Parquet is compressed inside: unpack it first")
        from nmt.bulk.formats.parquet import ParquetFormat  # needs pyarrow, which the others do not

        return ParquetFormat(options.columns, options.scores)
    lines = TsvFormat if kind == "tsv" else JsonlFormat
    return lines(options.columns, options.scores)
