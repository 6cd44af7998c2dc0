"""OpenDocument spreadsheets: cells that are text are translated; formulas, numbers and dates stay."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from odf.opendocument import OpenDocumentSpreadsheet, load
from odf.table import Table, TableCell, TableRow
from odf.text import P

from nmt.documents import Document, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]


def with_rows(*rows: str) -> bytes:
    names = {"office": "office", "text": "text", "draw": "drawing", "table": "table"}
    root = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for prefix, name in names.items()
    )
    table = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        body = f"<table:table>{table}</table:table>"
        archive.writestr("content.xml", f"<office:document-content {root}>{body}</office:document-content>")
        archive.writestr("styles.xml", f"<office:document-styles {root}><text:p>head</text:p></office:document-styles>")
    return buffer.getvalue()


def rows_of(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("content.xml").decode()
    table = text[text.index("<table:table>") + len("<table:table>") : text.rindex("</table:table>")]
    return (
        table.removeprefix("<table:table-row>")
        .removesuffix("</table:table-row>")
        .split("</table:table-row><table:table-row>")
    )


def cell(text: str, attributes: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def test_a_spreadsheet_of_odfpy_is_translated(shout: Shout) -> None:
    book = OpenDocumentSpreadsheet()
    table, row = Table(name="one"), TableRow()
    for kind, text, more in (
        ("string", "red cat", {}),
        ("float", "4 pieces", {"value": "4"}),
        ("string", "yes", {"formula": 'of:=IF(1;"yes")', "stringvalue": "yes"}),
    ):
        filled = TableCell(valuetype=kind, **more)
        filled.addElement(P(text=text))
        row.addElement(filled)
    table.addElement(row)
    book.spreadsheet.addElement(table)
    buffer = io.BytesIO()
    book.write(buffer)
    written = load(io.BytesIO(shout(open_document("a.ods", buffer.getvalue()))))
    assert [str(paragraph) for paragraph in written.getElementsByType(P)] == ["RED CAT", "4 pieces", "yes"]


def test_lines_of_a_cell_are_translated_and_its_second_text_goes(shout: Shout) -> None:
    named = '<table:table-cell office:value-type="string" office:string-value="a"><text:p>a</text:p><text:p>b</text:p>'
    box = "<table:table-cell><draw:frame><text:p>boxed</text:p></draw:frame></table:table-cell>"
    document = open_document("a.ods", with_rows(named + "</table:table-cell>" + box))
    assert [fragment.text for fragment in document.texts] == ["a", "b", "boxed", "head"]
    assert rows_of(shout(document)) == [
        '<table:table-cell office:value-type="string"><text:p>A</text:p><text:p>B</text:p></table:table-cell>'
        + box.replace("boxed", "BOXED")
    ]


def test_one_column_is_translated_by_the_name_in_its_first_row(shout: Shout) -> None:
    repeated = 'table:number-columns-repeated="{}"'
    rows = (
        f"<table:table-cell {repeated.format(9)}/>",
        cell("one") + cell("two") + cell("three"),
        cell("a") + cell("b") + cell("c"),
        cell("same", repeated.format(3)),
    )
    document = open_document("a.ods", with_rows(*rows), column="two")
    assert [fragment.text for fragment in document.texts] == ["b", "same"]
    divided = cell("same", repeated.format(1)) + cell("SAME", "").replace(" >", ">") + cell("same", repeated.format(1))
    assert rows_of(shout(document)) == [*rows[:2], rows[2].replace("b<", "B<"), divided]


def test_a_column_that_is_absent_or_ambiguous_is_named_with_those_there_are() -> None:
    content = with_rows(cell("one") + cell("two", 'table:number-columns-repeated="2"'))
    with pytest.raises(DocumentError, match=r"a\.ods has no column 'x': the first rows of its sheets are 'one', 'two'"):
        open_document("a.ods", content, column="x")
    with pytest.raises(DocumentError, match=r"a\.ods has more than one column 'two'"):
        open_document("a.ods", content, column="two")


def test_texts_that_come_back_unchanged_leave_every_part_as_it_was() -> None:
    content = with_rows(cell(" a  b "), cell("c", 'table:number-columns-repeated="2"'))
    document = open_document("a.ods", content)
    written = document.with_texts([fragment.text for fragment in document.texts])
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(io.BytesIO(written)) as after:
        assert before.namelist() == after.namelist()
        assert all(before.read(name) == after.read(name) for name in before.namelist())
