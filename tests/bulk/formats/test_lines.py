"""Files of lines: cut, opened and written again."""

from __future__ import annotations

import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.bulk.formats import Answer, Compression, Format, FormatOptions, StoredFormat, stored_format
from nmt.bulk.formats.jsonl import JsonlFormat
from nmt.bulk.formats.piece import LARGEST_PIECE
from nmt.bulk.formats.text import TextFormat
from nmt.bulk.formats.tsv import TsvFormat
from nmt.errors import BulkError, ConfigError

TEXT = TextFormat()
FORMATS: list[Format] = [TEXT, TsvFormat(("1",)), TsvFormat(("2", "1")), JsonlFormat(("text",))]


def rewritten(
    content: bytes,
    form: Format,
    answer: Answer | None = None,
    most_lines: int = 3,
    compression: Compression = Compression.NONE,
) -> bytes:
    """`content` with each text upside down, or with one answer for all."""
    stored = StoredFormat(form, compression)
    written = io.BytesIO()
    parts = []
    for piece in stored.pieces(io.BytesIO(content), most_lines):
        opened = form.opened(piece)
        answers = [answer or Answer(text[::-1]) for text in opened.texts]
        parts.append(compression.compressed(opened.written(answers)))
    form.join(iter(parts), written)
    return written.getvalue()


def unchanged(content: bytes, form: Format, most_lines: int) -> bytes:
    pieces = form.pieces(io.BytesIO(content), most_lines)
    opened = [form.opened(piece) for piece in pieces]
    written = io.BytesIO()
    form.join((each.written([Answer(text) for text in each.texts]) for each in opened), written)
    return written.getvalue()


LINES = st.lists(
    st.sampled_from(["", "a", "a\tb", "\r", "x\ry", "\u2028", "\x85\x0c\x1c", "\ufeff", '{"text": "a"}', '{"text": 1}'])
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=9)
)


@pytest.mark.parametrize("form", FORMATS, ids=repr)
@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.integers(1, 4))
def test_a_file_whose_texts_stay_is_the_same_file(
    form: Format, lines: list[str], end: str, ended: bool, most_lines: int
) -> None:
    content = (end.join(lines) + (end if ended else "")).encode()
    assert unchanged(content, form, most_lines) == content


@given(LINES, st.integers(1, 4))
def test_only_a_line_feed_ends_a_line(lines: list[str], most_lines: int) -> None:
    content = "".join(f"{line}\n" for line in lines).encode()
    pieces = list(TEXT.pieces(io.BytesIO(content), most_lines))
    assert [text for piece in pieces for text in TEXT.opened(piece).texts] == [
        line.removesuffix("\r").removeprefix("\ufeff") for line in lines
    ]
    assert [piece.first_line for piece in pieces] == list(range(1, len(lines) + 1, most_lines))


def test_text_keeps_its_line_ends_and_its_byte_order_mark() -> None:
    content = "\ufeffab\r\ncd\n\nef".encode()
    assert rewritten(content, TEXT) == "\ufeffba\r\ndc\n\nfe".encode()


def test_a_line_that_is_no_utf8_is_a_fault_and_empty() -> None:
    (piece,) = TEXT.pieces(io.BytesIO(b"ab\ncaf\xe9\ncd\n"), 10)
    opened = TEXT.opened(piece)
    assert [(fault.line, fault.text) for fault in opened.faults] == [(1, "caf\\xe9")]
    assert opened.written([Answer("x"), Answer("y")]) == b"x\n\ny\n"


def test_score_and_marks_stand_before_a_text() -> None:
    answer = Answer("a\tb", -0.25, ("truncated", "copied_source"))
    assert rewritten(b"x\n", TextFormat(scores=True), answer) == b"-0.2500\ttruncated,copied_source\ta\tb\n"


def test_named_columns_of_a_table_are_translated_and_others_pass() -> None:
    content = b"id\ttext\tmore\n1\tab\tcd\r\n2\tef\tgh\n3\tshort\n4\tij\tkl"
    form = TsvFormat(("more", "text"))
    assert rewritten(content, form) == b"id\ttext\tmore\n1\tba\tdc\r\n2\tfe\thg\n3\tshort\n4\tji\tlk"
    *_, last = form.pieces(io.BytesIO(content), 2)
    assert [piece.first_line for piece in form.pieces(io.BytesIO(content), 2)] == [1, 3, 5]
    assert form.opened(last).texts == ["kl", "ij"]


def test_scores_of_a_table_are_columns_of_their_own() -> None:
    content = b"id\ttext\n1\tab\n2\n"
    assert (
        rewritten(content, TsvFormat(("text",), scores=True), Answer("x", -1.0))
        == b"id\ttext\ttext_score\ttext_marks\n1\tx\t-1.0000\t\n2\t\t\n"
    )


def test_a_table_without_the_column_is_refused_by_name() -> None:
    with pytest.raises(BulkError, match="line 1 names no column 'texts', but 'id', 'text'"):
        list(TsvFormat(("texts",)).pieces(io.BytesIO(b"id\ttext\n1\tab\n"), 2))


def test_all_other_bytes_of_an_object_stay() -> None:
    content = (
        b'{"n": 1.50,  "text": "a\\u00e4b", "big": 12345678901234567890123, "in": {"text": "cd"}}\n\n{"text": null}\n'
    )
    form = JsonlFormat(("text",))
    assert rewritten(content, form) == content.replace(b"a\\u00e4b", b"b\\u00e4a")
    nested = JsonlFormat(("in.text",))
    (piece,) = nested.pieces(io.BytesIO(content), 9)
    assert nested.opened(piece).texts == ["cd"]
    assert [fault.line for fault in nested.opened(piece).faults] == [2]


def test_scores_of_an_object_are_members() -> None:
    done = rewritten(b'{"a": "x", "b": "y"}\n', JsonlFormat(("a", "b"), scores=True), Answer("z", -0.5, ("truncated",)))
    assert json.loads(done) == {
        "a": "z",
        "b": "z",
        "a_score": -0.5,
        "a_marks": ["truncated"],
        "b_score": -0.5,
        "b_marks": ["truncated"],
    }


@pytest.mark.parametrize("line", ["[1]", "{", "7", '{"text": 7}', '{"text": ["a"]}', '{"other": "a"}'])
def test_a_line_that_holds_no_text_is_a_fault_and_stays(line: str) -> None:
    form = JsonlFormat(("text",))
    (piece,) = form.pieces(io.BytesIO(f"{line}\n".encode()), 9)
    opened = form.opened(piece)
    assert [(fault.line, fault.text) for fault in opened.faults] == [(0, line)]
    assert opened.written([]) == f"{line}\n".encode()


@pytest.mark.parametrize("name", ["a.txt.gz", "a.txt.zst"])
def test_a_compressed_file_is_compressed_again(name: str) -> None:
    stored = stored_format(name, FormatOptions())
    content = b"".join(b"line %d\n" % number for number in range(10))
    done = rewritten(stored.compression.compressed(content), stored.format, compression=stored.compression)
    with stored.compression.unpacked(io.BytesIO(done)) as stream:
        assert stream.read() == rewritten(content, TEXT)


def test_an_empty_compressed_file_stays_one() -> None:
    assert gzip.decompress(rewritten(gzip.compress(b""), TEXT, compression=Compression.GZIP)) == b""
    assert rewritten(b"", TEXT) == b""


@pytest.mark.parametrize(
    "damage", [lambda packed: packed[:-9], lambda packed: b"plain text", lambda packed: packed + b"x"]
)
@pytest.mark.parametrize("compression", [Compression.GZIP, Compression.ZSTANDARD])
def test_a_damaged_compressed_file_is_refused(compression: Compression, damage: object) -> None:
    assert callable(damage)
    packed = damage(compression.compressed(b"some lines\n" * 100))
    with pytest.raises(BulkError, match="is no whole"):
        list(StoredFormat(TEXT, compression).pieces(io.BytesIO(packed), 10))


def test_pieces_end_where_they_grow_large() -> None:
    content = (b"x" * 999 + b"\n") * (LARGEST_PIECE // 500)
    pieces = list(TEXT.pieces(io.BytesIO(content), 10**9))
    assert b"".join(piece.content for piece in pieces) == content
    assert max(len(piece.content) for piece in pieces) < LARGEST_PIECE + 1000


def test_a_line_too_long_to_be_one_is_refused_with_its_number() -> None:
    with pytest.raises(BulkError, match="line 2 has more than"):
        list(TEXT.pieces(io.BytesIO(b"a\n" + b"x" * LARGEST_PIECE), 10))


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.tsv", FormatOptions(), "a.tsv: say which column"),
        ("a.txt", FormatOptions(columns=("x",)), "a.txt: is plain text"),
    ],
)
def test_columns_are_for_files_that_have_them(name: str, options: FormatOptions, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        stored_format(name, options)
