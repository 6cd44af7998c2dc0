"""Workbooks of Excel: one fragment for each shared string, and for each cell that keeps its own text."""

from __future__ import annotations

import posixpath

from lxml import etree

from nmt.documents.office.archive import Archive, ArchivedDocument, ParagraphFinder, as_bytes, by_number
from nmt.documents.office.cells import Area, SharedStrings, Worksheet
from nmt.documents.office.columns import check_column
from nmt.documents.office.drawing import drawing_paragraphs
from nmt.documents.office.runs import local_name, tag_beside
from nmt.errors import DocumentError

_BEFORE_CALCULATION = {"fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets"} | {
    "AlternateContent",
    "functionGroups",
    "externalReferences",
    "definedNames",
}
"""Elements of a workbook that precede its settings for calculation (ECMA-376, part 1, 18.2.27)."""


def read_xlsx(name: str, content: bytes, column: str | None) -> ArchivedDocument:
    """Read the workbook `name`: the texts in its cells, and its text boxes.

    With `column`, only the cells below those of the first row with this text are translated. Formulas, numbers, dates,
    names of sheets, comments, charts, and the header and total rows of tables stay unchanged.
    """
    archive = Archive.read(name, content)
    sheets = _parts(archive, ".worksheet+xml")
    if not sheets:
        raise DocumentError(f"{name} is no workbook with sheets: save it as .xlsx")
    strings = next(iter(_parts(archive, ".sharedStrings+xml")), None)
    shared = SharedStrings(archive.tree(strings) if strings else None)
    worksheets = {part: Worksheet(shared, archive.tree(part), _fixed_cells(archive, part), column) for part in sheets}
    check_column(name, column, [sheet.titles for sheet in worksheets.values()])
    finders: dict[str, ParagraphFinder] = {}
    if strings:
        shared.keep_contested(archive.tree(strings))
        finders[strings] = shared.paragraphs
    finders |= {part: sheet.paragraphs for part, sheet in worksheets.items()}
    if column is None:
        finders |= dict.fromkeys(_parts(archive, ".drawing+xml"), drawing_paragraphs)
    has_formulas = any(sheet.has_formulas for sheet in worksheets.values())
    return ArchivedDocument(archive, finders, _recalculated(archive) if has_formulas else {})


def _parts(archive: Archive, kind: str) -> list[str]:
    """Return the parts whose content type ends with `kind`, in the order of their numbers."""
    return sorted((part for part, each in archive.content_types().items() if each.endswith(kind)), key=by_number)


def _fixed_cells(archive: Archive, sheet: str) -> dict[int, list[tuple[int, int]]]:
    """Return the header and total rows of the tables in a sheet: for a row, their first and last columns, in order.

    Excel repairs a workbook whose table has other column names than its header row, and formulas refer to them.
    """
    found: dict[int, list[tuple[int, int]]] = {}
    for part in _tables(archive, sheet):
        table = archive.tree(part)
        area = Area.named(table.get("ref") or "")
        if area is None:
            continue
        if table.get("headerRowCount") != "0":
            found.setdefault(area.top, []).append((area.left, area.right))
        if table.get("totalsRowCount", "0") != "0":
            found.setdefault(area.bottom, []).append((area.left, area.right))
    return {row: sorted(areas) for row, areas in found.items()}


def _tables(archive: Archive, sheet: str) -> list[str]:
    """Return the parts with the tables of a sheet."""
    folder, file = posixpath.split(sheet)
    relations = f"{folder}/_rels/{file}.rels"
    if relations not in archive.parts:
        return []
    # A target is relative to the folder of the sheet, or begins with a slash.
    parts = [
        posixpath.normpath(posixpath.join("/", folder, relation.get("Target") or ""))[1:]
        for relation in archive.tree(relations)
        if (relation.get("Type") or "").endswith("/table")
    ]
    return [part for part in dict.fromkeys(parts) if part in archive.parts]


def _recalculated(archive: Archive) -> dict[str, bytes]:
    """Return the workbook's main part with the request to calculate all formulas when it is opened.

    Their saved results may repeat texts that are translated.
    """
    changed: dict[str, bytes] = {}
    for part in _parts(archive, "main+xml"):
        root = archive.tree(part)
        settings = next((child for child in root if local_name(child) == "calcPr"), None)
        if settings is None:
            settings = etree.Element(tag_beside(root, "calcPr"), None, root.nsmap)
            root.insert(sum(local_name(child) in _BEFORE_CALCULATION for child in root), settings)
        settings.set("fullCalcOnLoad", "1")
        changed[part] = as_bytes(root)
    return changed
