"""Workbooks: cells that are text are translated; formulas, numbers, dates and the heads of tables stay."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.table import Table

from nmt.documents import Document, open_document
from nmt.errors import DocumentError

Shout = Callable[[Document], bytes]

S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(strings: str, sheet: str, extra: dict[str, tuple[str, str]] | None = None) -> bytes:
    """A workbook with one sheet: its shared strings, its rows, and other parts with their content types."""
    parts = {
        "xl/workbook.xml": (f"{KINDS}.sheet.main+xml", f'<workbook xmlns="{S}"><sheets/><oleSize/></workbook>'),
        "xl/worksheets/sheet1.xml": (
            f"{KINDS}.worksheet+xml",
            f'<worksheet xmlns="{S}"><sheetData>{sheet}</sheetData></worksheet>',
        ),
        "xl/sharedStrings.xml": (f"{KINDS}.sharedStrings+xml", f'<sst xmlns="{S}">{strings}</sst>'),
        **(extra or {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        types = "".join(f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, (kind, _) in parts.items())
        archive.writestr("[Content_Types].xml", f"<Types>{types}</Types>")
        for part, (_, content) in parts.items():
            archive.writestr(part, content)
    return buffer.getvalue()


def body_of(content: bytes, part: str, element: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read(part).decode()
    return text[text.index(">", text.index(f"<{element}")) + 1 : text.rindex(f"</{element}>")]


def sheet_of(content: bytes) -> str:
    return body_of(content, "xl/worksheets/sheet1.xml", "sheetData")


def strings_of(content: bytes) -> str:
    return body_of(content, "xl/sharedStrings.xml", "sst")


@pytest.fixture(scope="module")
def table() -> bytes:
    """A workbook of what openpyxl can put in one."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["item", "note", "price", "bought"])
    sheet.append(["red cat", "keep", 12.5, date(2024, 2, 29)])
    sheet.append(["keep", CellRichText("very ", TextBlock(InlineFont(b=True), "red"), " indeed"), True, None])
    sheet["C4"] = "=SUM(C2:C3)"
    sheet["A5"] = '=IF(A2="red cat","yes","no")'
    second = book.create_sheet("More words")
    second.append(["name", "kind"])
    second.append(["two\nlines", "keep"])
    second.add_table(Table(displayName="Animals", ref="A1:B2"))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def values_of(content: bytes) -> list[list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content), rich_text=True)
    return [[tuple(cell.value for cell in row) for row in sheet.rows] for sheet in book.worksheets]


def test_a_workbook_is_translated_in_all_its_sheets(table: bytes, shout: Shout) -> None:
    written = shout(open_document("a.xlsx", table))
    first, second = values_of(written)
    assert first[0] == ("ITEM", "NOTE", "PRICE", "BOUGHT")
    assert first[1][:3] == ("RED CAT", "KEEP", 12.5)
    assert str(first[1][3]).startswith("2024-02-29")
    assert first[2][0] == "KEEP"
    assert [(str(part), getattr(getattr(part, "font", None), "b", None)) for part in first[2][1]] == [
        ("VERY ", None),
        ("RED", True),
        (" INDEED", None),
    ]
    assert first[2][2] is True
    assert first[3][2] == "=SUM(C2:C3)"
    assert first[4][0] == '=IF(A2="red cat","yes","no")'
    assert second == [("name", "kind"), ("TWO\nLINES", "KEEP")]
    assert openpyxl.load_workbook(io.BytesIO(written)).sheetnames == ["Sheet", "More words"]


def test_one_column_is_translated_by_the_name_in_its_first_row(table: bytes, shout: Shout) -> None:
    document = open_document("a.xlsx", table, column="item")
    assert [fragment.text for fragment in document.texts] == ["red cat", "keep"]
    first, second = values_of(shout(document))
    assert [row[0] for row in first] == ["item", "RED CAT", "KEEP", None, '=IF(A2="red cat","yes","no")']
    assert [str(row[1]) for row in first[:3]] == ["note", "keep", "very red indeed"]
    assert second[1] == ("two\nlines", "keep")


def test_a_column_that_no_sheet_has_is_named_with_those_there_are(table: bytes) -> None:
    with pytest.raises(DocumentError, match=r"a\.xlsx has no column 'Item': .* 'item', 'note', .* 'name', 'kind'"):
        open_document("a.xlsx", table, column="Item")
    twice = workbook("<si><t>a</t></si>", '<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>')
    with pytest.raises(DocumentError, match="more than one column 'a'"):
        open_document("a.xlsx", twice, column="a")


@pytest.mark.parametrize(
    ("strings", "sheet", "fragments", "written_strings", "written_sheet"),
    [
        (
            "<si><t>a</t></si><si><t>unused</t></si>",
            '<row><c t="s"><v>0</v></c><c><v>1</v></c><c t="str"><f>A1</f><v>a</v></c><c t="s"/></row>',
            ["a"],
            "<si><t>A</t></si><si><t>unused</t></si>",
            '<row><c t="s"><v>0</v></c><c><v>1</v></c><c t="str"><f>A1</f><v>a</v></c><c t="s"/></row>',
        ),
        (
            "",
            '<row><c t="inlineStr"><is><r><rPr><b/></rPr><t>a</t></r><r><t xml:space="preserve"> bcd</t></r></is></c>'
            "</row>",
            ['<span id="1">a</span> bcd'],
            "",
            '<row><c t="inlineStr"><is><r><rPr><b/></rPr><t>A</t></r><r><t xml:space="preserve"> BCD</t></r></is></c>'
            "</row>",
        ),
        (
            "<si><t>a_x000D_\nb_x0007_c</t><rPh><t>z</t></rPh><phoneticPr/></si>",
            '<row r="2"><c r="C2" t="s"><v>0</v></c></row>',
            ['a<br id="1">b<span translate="no" id="2"></span>c'],
            "<si><t>A_x000D_\nB_x0007_C</t></si>",
            '<row r="2"><c r="C2" t="s"><v>0</v></c></row>',
        ),
    ],
)
def test_strings_are_translated_and_their_structure_stays(
    strings: str, sheet: str, fragments: list[str], written_strings: str, written_sheet: str, shout: Shout
) -> None:
    document = open_document("a.xlsx", workbook(strings, sheet))
    assert [fragment.text for fragment in document.texts] == fragments
    written = shout(document)
    assert (strings_of(written) if strings else "") == written_strings
    assert sheet_of(written) == written_sheet


def test_a_string_of_a_cell_that_stays_is_not_changed_for_one_that_does_not(shout: Shout) -> None:
    rows = (
        '<row><c t="s"><v>1</v></c><c t="s"><v>2</v></c></row>'
        '<row><c s="5" t="s"><v>0</v></c><c t="s"><v>0</v></c></row>'
    )
    strings = "<si><r><rPr><b/></rPr><t>same</t></r></si><si><t>one</t></si><si><t>two</t></si>"
    document = open_document("a.xlsx", workbook(strings, rows), column="one")
    written = shout(document)
    assert strings_of(written) == strings
    own = '<c s="5" t="inlineStr"><is><r><rPr><b/></rPr><t>SAME</t></r></is></c>'
    assert sheet_of(written) == rows.replace('<c s="5" t="s"><v>0</v></c>', own)


def test_the_first_and_the_total_row_of_a_table_stay(shout: Shout) -> None:
    words = ("Title", "name", "red cat", "Total")
    cells = "".join(f'<row><c t="s"><v>{index}</v></c></row>' for index in range(4))
    extra = {
        "xl/worksheets/_rels/sheet1.xml.rels": ("", '<R><R Type="x/table" Target="../tables/table1.xml"/></R>'),
        "xl/tables/table1.xml": ("", '<table ref="A2:A4" totalsRowCount="1"/>'),
    }
    content = workbook("".join(f"<si><t>{word}</t></si>" for word in words), cells, extra)
    document = open_document("a.xlsx", content)
    assert [fragment.text for fragment in document.texts] == ["Title", "red cat"]


def test_text_boxes_are_translated(shout: Shout) -> None:
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    box = f'<d xmlns:a="{a}"><a:p><a:r><a:t>boxed</a:t></a:r></a:p></d>'
    content = workbook("", "", {"xl/drawings/drawing1.xml": ("application/vnd.x.drawing+xml", box)})
    document = open_document("a.xlsx", content)
    assert [fragment.text for fragment in document.texts] == ["boxed"]
    assert body_of(shout(document), "xl/drawings/drawing1.xml", "d") == "<a:p><a:r><a:t>BOXED</a:t></a:r></a:p>"


def test_results_that_may_repeat_a_translated_text_are_calculated_when_the_file_is_opened(shout: Shout) -> None:
    strings, cell = "<si><t>a</t></si>", '<c t="s"><v>0</v></c>'
    for formula, settings in (('<c t="str"><f>A1</f><v>a</v></c>', '<calcPr fullCalcOnLoad="1"/>'), ("", "")):
        written = shout(open_document("a.xlsx", workbook(strings, f"<row>{cell}{formula}</row>")))
        assert body_of(written, "xl/workbook.xml", "workbook") == f"<sheets/>{settings}<oleSize/>"


def test_texts_that_come_back_unchanged_leave_every_part_as_it_was(table: bytes) -> None:
    document = open_document("a.xlsx", table)
    written = document.with_texts([fragment.text for fragment in document.texts])
    with zipfile.ZipFile(io.BytesIO(table)) as before, zipfile.ZipFile(io.BytesIO(written)) as after:
        assert before.namelist() == after.namelist()
        assert all(before.read(name) == after.read(name) for name in before.namelist())


places = st.lists(st.integers(0, 3), min_size=2, max_size=2)


@given(rows=st.lists(places, max_size=4))
def test_only_the_chosen_column_changes_whatever_strings_are_shared(rows: list[list[int]]) -> None:
    words = ("first", "second", "red cat", "4")
    strings = "".join(f"<si><t>{word}</t></si>" for word in words)
    sheet = "".join(
        "<row>" + "".join(f'<c t="s"><v>{index}</v></c>' for index in row) + "</row>" for row in [[0, 1], *rows]
    )
    document = open_document("a.xlsx", workbook(strings, sheet), column="second")
    written = document.with_texts([fragment.text.upper() for fragment in document.texts])
    shown = re.findall(r"<t>([^<]*)</t>", strings_of(written))
    cells = [
        own or shown[int(index)] for index, own in re.findall(r"<v>(\d)</v>|<is><t>(.*?)</t></is>", sheet_of(written))
    ]
    expected = [word for first, second in rows for word in (words[first], words[second].upper())]
    assert cells == ["first", "second", *expected]


def test_an_archive_of_another_kind_is_no_workbook(word_file: bytes) -> None:
    with pytest.raises(DocumentError, match=r"a\.xlsx is no workbook with sheets: save it as \.xlsx"):
        open_document("a.xlsx", word_file)
