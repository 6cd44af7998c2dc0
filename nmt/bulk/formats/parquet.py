"""Parquet: rows for lines. A piece travels as an Arrow stream and becomes a row group of the new file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from nmt.bulk.formats.piece import Answer, Opened, Piece
from nmt.errors import BulkError


@dataclass(frozen=True, slots=True)
class ParquetFormat:
    """Columns of strings. Others than `columns` pass through."""

    columns: tuple[str, ...]
    scores: bool = False
    """Whether there are two more columns for each of `columns`: its score and its marks."""

    def pieces(self, stream: BinaryIO, most_lines: int) -> Iterator[Piece]:
        """Cut a file. Raises BulkError if it is no Parquet or a column is missing or holds no strings."""
        try:
            file = pq.ParquetFile(stream)
        except pa.ArrowInvalid as error:
            raise BulkError(f"is no Parquet file ({error})") from error
        schema = file.schema_arrow
        self._check(schema)
        codec = file.metadata.row_group(0).column(0).compression if file.num_row_groups else "SNAPPY"
        metadata = {**(schema.metadata or {}), _CODEC: codec.encode()}
        batches = file.iter_batches(batch_size=most_lines) if file.metadata.num_rows else iter(())
        first, index = 1, 0
        for batch in batches:
            yield Piece(
                index, first, batch.num_rows, _stream(pa.Table.from_batches([batch]).replace_schema_metadata(metadata))
            )
            first, index = first + batch.num_rows, index + 1
        if not index:
            yield Piece(0, 1, 0, _stream(schema.empty_table().replace_schema_metadata(metadata)))

    def opened(self, piece: Piece) -> Opened:
        """Read the texts of a piece. A null stays."""
        table = _table(piece.content)
        values = [table.column(column).to_pylist() for column in self.columns]
        found = [
            (row, column)
            for row in range(table.num_rows)
            for column, texts in enumerate(values)
            if texts[row] is not None
        ]

        def written(answers: Sequence[Answer]) -> bytes:
            given = dict(zip(found, answers, strict=True))
            return _stream(self._translated(table, given))

        return Opened([values[column][row] for row, column in found], [row for row, _ in found], [], written)

    def join(self, parts: Iterator[bytes], target: BinaryIO) -> None:
        """Write a file from its pieces, compressed like the one it is made of."""
        first = _table(next(parts))
        metadata = dict(first.schema.metadata)
        codec = metadata.pop(_CODEC).decode()
        schema = first.schema.with_metadata(metadata)
        with pq.ParquetWriter(target, schema, compression=codec.replace("UNCOMPRESSED", "NONE")) as writer:
            for table in chain([first], map(_table, parts)):
                writer.write_table(table.replace_schema_metadata(metadata))

    def _check(self, schema: pa.Schema) -> None:
        for column in self.columns:
            if column not in schema.names:
                raise BulkError(f"has no column {column!r}, but {', '.join(map(repr, schema.names))}")
            kind = schema.field(column).type
            if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
                raise BulkError(f"column {column!r} holds {kind}, expected string")

    def _translated(self, table: pa.Table, given: dict[tuple[int, int], Answer]) -> pa.Table:
        for number, column in enumerate(self.columns):
            answers = [given.get((row, number)) for row in range(table.num_rows)]
            field = table.schema.field(column)
            translated = pa.array([None if each is None else each.text for each in answers], field.type)
            table = table.set_column(table.schema.get_field_index(column), field, translated)
            if self.scores:
                scores = [None if each is None else each.score for each in answers]
                marks = [None if each is None else list(each.marks) for each in answers]
                table = table.append_column(f"{column}_score", pa.array(scores, pa.float32()))
                table = table.append_column(f"{column}_marks", pa.array(marks, pa.list_(pa.string())))
        return table


_CODEC = b"nmt.codec"
"""Key of the schema's metadata with the compression of the file that a piece is from."""


def _stream(table: pa.Table) -> bytes:
    target = io.BytesIO()
    with pa.ipc.new_stream(target, table.schema) as writer:
        writer.write_table(table)
    return target.getvalue()


def _table(content: bytes) -> pa.Table:
    with pa.ipc.open_stream(content) as reader:
        return reader.read_all()
