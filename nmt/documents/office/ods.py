"""OpenDocument spreadsheets: one fragment for each paragraph of a cell that is text."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from nmt.documents.document import Fragment
from nmt.documents.office.archive import ArchivedDocument, Paragraph
from nmt.documents.office.columns import check_column
from nmt.documents.office.odt import OdfParagraph, opendocument, paragraphs

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CELL = _TABLE + "table-cell"
_REPEATED = _TABLE + "number-columns-repeated"


def read_ods(name: str, content: bytes, column: str | None) -> ArchivedDocument:
    """Read the spreadsheet `name`: the texts in its cells and text boxes, and its headers and footers.

    With `column`, only the cells below those of the first row with this text are translated. Formulas, numbers, dates,
    names of sheets and comments stay unchanged.
    """
    if column is None:
        return opendocument(name, content, "spreadsheet", ".ods", _cell_texts)
    chosen = column

    def column_texts(root: etree._Element) -> Iterator[Paragraph]:
        sheets = [_Sheet(table) for table in root.iter(_TABLE + "table")]
        check_column(name, chosen, [sheet.titles for sheet in sheets])
        cells = {cell for sheet in sheets for cell in sheet.cells_below(chosen)}
        return (text for text in _cell_texts(root) if isinstance(text, _CellText) and text.cell in cells)

    return opendocument(name, content, "spreadsheet", ".ods", column_texts, has_page_texts=False)


@dataclass(frozen=True, slots=True)
class _CellText:
    """A paragraph of a cell."""

    cell: etree._Element
    paragraph: OdfParagraph

    @property
    def fragments(self) -> Sequence[Fragment]:
        return self.paragraph.fragments

    def replace(self, texts: Sequence[str]) -> None:
        self.paragraph.replace(texts)
        # It would go before the paragraphs.
        self.cell.attrib.pop(_OFFICE + "string-value", None)


def _cell_texts(root: etree._Element) -> Iterator[Paragraph]:
    """Yield the paragraphs of cells that are text, and of anything else, such as text boxes."""
    for paragraph in paragraphs(root):
        cell = paragraph.element.getparent()
        if cell is None or cell.tag not in {_CELL, _TABLE + "covered-table-cell"}:
            yield paragraph
        elif cell.get(_TABLE + "formula") is None and cell.get(_OFFICE + "value-type", "string") == "string":
            yield _CellText(cell, paragraph)


class _Sheet:
    """The columns of a sheet, by the texts in its first row that has any."""

    def __init__(self, table: etree._Element) -> None:
        rows = list(table.iter(_TABLE + "table-row"))
        head = next((index for index, row in enumerate(rows) if any(_shown(cell) for cell in row)), len(rows))
        self._rows = rows[head + 1 :]
        self._places: dict[str, int] = {}
        self.titles: list[str] = []
        for cell, start, end in _placed(rows[head]) if head < len(rows) else ():
            if title := _shown(cell):
                self._places[title] = start
                # A cell that stands for several columns names them all alike.
                self.titles += [title] * min(end - start, 2)

    def cells_below(self, title: str) -> Iterator[etree._Element]:
        """Yield the cells of a column. One that stands for several columns is divided."""
        place = self._places.get(title)
        for row in self._rows if place is not None else ():
            for cell, start, end in list(_placed(row)):
                if place is not None and start <= place < end:
                    for count, neighbour in ((place - start, cell.addprevious), (end - place - 1, cell.addnext)):
                        if count:
                            same = copy.deepcopy(cell)
                            same.tail = None
                            same.set(_REPEATED, str(count))
                            neighbour(same)
                    cell.attrib.pop(_REPEATED, None)
                    yield cell


def _placed(row: etree._Element) -> Iterator[tuple[etree._Element, int, int]]:
    """Yield the cells of a row, each with its first column and the column after its last."""
    start = 0
    for cell in row:
        if cell.tag in {_CELL, _TABLE + "covered-table-cell"}:
            count = cell.get(_REPEATED, "1")
            end = start + (int(count) if count.isascii() and count.isdigit() and len(count) < 6 else 1)
            yield cell, start, end
            start = end


def _shown(cell: etree._Element) -> str:
    return "\n".join("".join(child.itertext()) for child in cell if child.tag == _TEXT + "p").strip()
