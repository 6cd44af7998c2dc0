"""Parquet files: rows for lines."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nmt.bulk.formats import Answer
from nmt.bulk.formats.parquet import ParquetFormat
from nmt.errors import BulkError

TABLE = pa.table(
    {
        "id": pa.array([1, 2, 3, 4, 5], pa.uint16()),
        "text": pa.array(["ab", None, "", "cd\nef", "gh"], pa.large_string()),
        "tags": pa.array([["x"], [], None, ["y", "z"], ["w"]]),
    },
    metadata={"origin": "a test"},
)


def stored(table: pa.Table, compression: str = "zstd") -> bytes:
    target = io.BytesIO()
    pq.write_table(table, target, compression=compression, row_group_size=3)
    return target.getvalue()


def rewritten(content: bytes, form: ParquetFormat, answer: Answer | None = None) -> bytes:
    opened = [form.opened(piece) for piece in form.pieces(io.BytesIO(content), 2)]
    parts = [each.written([answer or Answer(text[::-1]) for text in each.texts]) for each in opened]
    target = io.BytesIO()
    form.join(iter(parts), target)
    return target.getvalue()


@pytest.mark.parametrize("compression", ["zstd", "gzip", "snappy", "none"])
def test_a_column_is_translated_and_all_else_stays(compression: str) -> None:
    done = rewritten(stored(TABLE, compression), ParquetFormat(("text",)))
    table = pq.read_table(io.BytesIO(done))
    before = pq.read_table(io.BytesIO(stored(TABLE)))
    assert table.schema.equals(before.schema, check_metadata=True)
    assert table.column("text").to_pylist() == ["ba", None, "", "fe\ndc", "hg"]
    assert table.drop(["text"]).equals(before.drop(["text"]))
    codec = pq.ParquetFile(io.BytesIO(done)).metadata.row_group(0).column(0).compression
    assert codec.lower() == compression.replace("none", "uncompressed")


def test_the_same_rows_give_the_same_bytes() -> None:
    assert rewritten(stored(TABLE), ParquetFormat(("text",))) == rewritten(stored(TABLE), ParquetFormat(("text",)))


def test_scores_and_marks_are_columns() -> None:
    done = rewritten(stored(TABLE), ParquetFormat(("text",), scores=True), Answer("x", -0.5, ("truncated",)))
    table = pq.read_table(io.BytesIO(done))
    assert table.column("text_score").to_pylist() == [-0.5, None, -0.5, -0.5, -0.5]
    assert table.column("text_marks").to_pylist() == [["truncated"], None, *[["truncated"]] * 3]


def test_a_table_without_rows_stays_one() -> None:
    table = pq.read_table(io.BytesIO(rewritten(stored(TABLE.slice(0, 0)), ParquetFormat(("text",)))))
    assert table.equals(pq.read_table(io.BytesIO(stored(TABLE.slice(0, 0)))))


@pytest.mark.parametrize(
    ("content", "column", "message"),
    [
        (stored(TABLE), "texts", "has no column 'texts', but 'id', 'text', 'tags'"),
        (stored(TABLE), "id", "column 'id' holds uint16, expected string"),
        (b"id,text\n", "text", "is no Parquet file"),
    ],
)
def test_what_cannot_be_is_refused(content: bytes, column: str, message: str) -> None:
    with pytest.raises(BulkError, match=message):
        list(ParquetFormat((column,)).pieces(io.BytesIO(content), 2))
