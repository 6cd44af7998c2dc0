"""Plain text, tables, pages: what is translated, and that all else stays byte for byte."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.documents import Document, Fragment, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]


def test_a_text_is_given_by_paragraphs_and_what_separates_them_stays(shout: Shout) -> None:
    document = open_document("a.txt", b"\r\n One.\r\nTwo.\r\n \r\n\r\n***\r\n\r\nThree.")
    assert document.texts == [Fragment(" One.\r\nTwo."), Fragment("Three.")]
    assert shout(document) == b"\r\n ONE.\r\nTWO.\r\n \r\n\r\n***\r\n\r\nTHREE."


@pytest.mark.parametrize(
    ("content", "written"),
    [
        (b"caf\xc3\xa9", "CAFÉ".encode()),
        (codecs.BOM_UTF8 + b"caf\xc3\xa9", codecs.BOM_UTF8 + "CAFÉ".encode()),
        (codecs.BOM_UTF16_LE + "café".encode("utf-16-le"), codecs.BOM_UTF8 + "CAFÉ".encode()),
        (codecs.BOM_UTF16_BE + "café".encode("utf-16-be"), codecs.BOM_UTF8 + "CAFÉ".encode()),
        (b"", b""),
        (b" \n", b" \n"),
    ],
)
def test_a_text_comes_back_in_utf_8_with_its_byte_order_mark(content: bytes, written: bytes, shout: Shout) -> None:
    assert shout(open_document("NOTES.TXT", content)) == written


@pytest.mark.parametrize("ending", ["txt", "md"])
@given(text=st.text(alphabet="ab \n\r\t\u2028\x0b\x0c*_`[](){}<>#-+=|~&;:!\\1.^\u00e9"))
def test_texts_that_come_back_unchanged_leave_the_file_as_it_was(ending: str, text: str) -> None:
    document = open_document(f"a.{ending}", text.encode())
    assert document.with_texts([fragment.text for fragment in document.texts]) == text.encode()


def test_one_column_of_a_table_is_translated_and_every_other_byte_stays(shout: Shout) -> None:
    content = b'id;text;"note"\r\n1;"say ""hi"";\r\nthen go";x\r\n2;plain;"kept"\r\n\r\n3\r\n4;12;y;extra\r\n'
    document = open_document("a.csv", content, column="text")
    assert [fragment.text for fragment in document.texts] == ['say "hi";\r\nthen go', "plain"]
    assert shout(document) == content.replace(b"say", b"SAY").replace(b'""hi""', b'""HI""').replace(
        b"then go", b"THEN GO"
    ).replace(b"plain", b"PLAIN")


def test_a_cell_is_quoted_when_its_translation_needs_it() -> None:
    document = open_document("a.csv", b"a,b\nred cat,1\n", column="a")
    assert document.with_texts(['"rote", Katze']) == b'a,b\n"""rote"", Katze",1\n'


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"text\nHello, world\n", "Hello, world"),
        (b'sep=|\ntext|id\n"Hello"|1\n', "Hello"),
        (b"id\ttext\n1\tHello", "Hello"),
        (codecs.BOM_UTF8 + b"text,id\nHello,1", "Hello"),
    ],
)
def test_the_first_row_tells_the_delimiter(content: bytes, text: str) -> None:
    assert [fragment.text for fragment in open_document("a.csv", content, column="text").texts] == [text]


def test_the_only_column_need_not_be_named(shout: Shout) -> None:
    assert shout(open_document("a.csv", b"text\nhello\n")) == b"text\nHELLO\n"


@pytest.mark.parametrize(
    ("content", "column", "message"),
    [
        (b"id,text\n1,a\n", None, "say which `column` to translate, one of 'id', 'text'"),
        (b"id,text\n1,a\n", "Text", "no column 'Text': its columns are 'id', 'text'"),
        (b"text,text\n1,a\n", "text", "more than one column 'text'"),
        (b"", "text", "no header"),
    ],
)
def test_a_column_that_cannot_be_told_is_an_error_that_lists_them(
    content: bytes, column: str | None, message: str
) -> None:
    with pytest.raises(DocumentError, match=message):
        open_document("a.csv", content, column=column)


cells = st.text(alphabet='ab,;"\n 1', max_size=5)


@given(rows=st.lists(st.lists(cells, min_size=2, max_size=4), max_size=5))
def test_the_csv_module_finds_only_the_one_column_changed(rows: list[list[str]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["id", "text", "note"], *rows])
    document = open_document("a.csv", buffer.getvalue().encode(), column="text")
    written = document.with_texts([f'"{fragment.text},' for fragment in document.texts]).decode()
    expected = [[f'"{c},' if n == 1 and ("a" in c or "b" in c) else c for n, c in enumerate(row)] for row in rows]
    assert list(csv.reader(io.StringIO(written, newline="")))[1:] == expected


def test_a_page_is_one_fragment_and_says_that_it_is_in_utf_8(shout: Shout) -> None:
    content = (
        '<?xml version="1.0" encoding="iso-8859-1"?><!-- x --><!DOCTYPE html><html><head>'
        '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><title>caf\xe9 \u201cx\u201d</title>'
        '</head><body><p title="stays">H\xe9llo <b>you</b></p></body></html>'
    )
    document = open_document("a.htm", content.encode("cp1252"))
    assert [fragment.form for fragment in document.texts] == ["html"]
    assert document.with_texts([document.texts[0].text]).decode() == content.replace("iso-8859-1", "utf-8")
    written = shout(document).decode()
    assert "<title>CAFÉ “X”</title>" in written
    assert '<p title="stays">HÉLLO <b>YOU</b></p>' in written
    assert "charset=utf-8" in written


@pytest.mark.parametrize("label", ["UTF-8", "utf-16", "idna", "rot13", "nonsense", "ascii"])
def test_an_encoding_that_cannot_be_what_the_page_is_in_is_not_believed(label: str) -> None:
    document = open_document("a.html", f'<meta charset="{label}"><p>café'.encode())
    assert "café" in document.texts[0].text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.txt", b"caf\xe9", r"notes.txt is not UTF-8 \(byte 3\): save it as UTF-8"),
        ("notes.txt", b"a\0b", "notes.txt has NUL characters"),
        ("a.txt", codecs.BOM_UTF16_LE + b"a", "is not UTF-16-LE"),
        ("a.html", b"<meta charset=big5>\xff\xff", "is not BIG5"),
        ("a.srt", b"Hello", "a.srt has no line such as"),
        ("a.po", b"Hello", "a.po is no catalogue"),
        ("a.exe", b"", "'a.exe' is of no kind that can be translated: those are .txt, .md"),
        ("", b"", "'' is of no kind"),
        ("txt", b"", "'txt' is of no kind"),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_with_a_remedy(name: str, content: bytes, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        open_document(name, content)


def test_a_column_of_what_is_no_table_is_an_error() -> None:
    with pytest.raises(DocumentError, match="leave `column` out"):
        open_document("a.txt", b"a", column="text")
