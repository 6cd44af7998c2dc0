"""Cells of a worksheet, and which of them are translated."""

from __future__ import annotations

import copy
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from nmt.documents.document import Fragment
from nmt.documents.office.archive import Paragraph
from nmt.documents.office.runs import local_name, tag_beside
from nmt.documents.office.sheet_text import SheetText, sheet_text, shown_text

_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Area:
    """Rows and columns of a sheet, counted from 1. Both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def named(cls, reference: str) -> Area | None:
        """Return the area that `reference` names, such as A1:C10. None if it names none."""
        ends = [_PLACE.fullmatch(end) for end in reference.split(":")]
        first, last = ends[0], ends[-1]
        return Area(*_place(first), *_place(last)) if first and last else None


@dataclass(frozen=True, slots=True)
class _Cell:
    element: etree._Element
    row: int
    column: int
    string: int | None
    """Index of the shared string, or None if the cell keeps its text itself."""
    own: etree._Element | None
    """The text that the cell keeps itself."""

    @property
    def is_result(self) -> bool:
        return any(local_name(child) == "f" for child in self.element)


class SharedStrings:
    """The strings that cells refer to by their index."""

    def __init__(self, root: etree._Element | None) -> None:
        self.shown = [shown_text(item) for item in _items(root)] if root is not None else []
        self.wanted: set[int] = set()
        """Strings of cells that are translated."""
        self.fixed: set[int] = set()
        """Strings of cells that must not change."""
        self._contested: dict[int, etree._Element] = {}

    def paragraphs(self, root: etree._Element) -> Iterator[Paragraph]:
        """Yield the strings of cells that are all translated, given the root of the part."""
        for index, item in enumerate(_items(root)):
            text = sheet_text(item) if index in self.wanted and index not in self.fixed else None
            if text is not None:
                yield text

    def keep_contested(self, root: etree._Element) -> None:
        """Keep the strings that some cells translate and others do not, so that the former get strings of their own."""
        contested = self.wanted & self.fixed
        self._contested = {index: copy.deepcopy(item) for index, item in enumerate(_items(root)) if index in contested}

    def contested(self, index: int) -> etree._Element | None:
        """Return a copy of a string that some cells translate and others do not."""
        return copy.deepcopy(self._contested.get(index))


class Worksheet:
    """Which cells of a sheet are translated."""

    def __init__(
        self,
        strings: SharedStrings,
        root: etree._Element,
        fixed: Mapping[int, Sequence[tuple[int, int]]],
        column: str | None,
    ) -> None:
        """Read the sheet with the root `root`, and note in `strings` which of them its cells use.

        `fixed` are cells that are not translated: for a row, the first and the last column of some, in order. With
        `column`, only the cells below a cell of the first row with this text are translated.
        """
        self._strings = strings
        self._fixed = fixed
        cells = list(_cells(root, len(strings.shown)))
        head = next((cell.row for cell in cells if self._shown(cell).strip()), 0)
        titles = {cell.column: self._shown(cell) for cell in cells if cell.row == head}
        self.titles = [title for title in titles.values() if title.strip()]
        """Texts of the first row that has any."""
        self._columns = None if column is None else {place for place, title in titles.items() if title == column}
        self._head = head
        self.has_formulas = any(local_name(element) == "f" for element in root.iter())
        for cell in cells:
            if cell.string is not None:
                (strings.wanted if self._is_wanted(cell) else strings.fixed).add(cell.string)

    def paragraphs(self, root: etree._Element) -> Iterator[Paragraph]:
        """Yield the cells to translate that cannot share their strings, given the root of the part."""
        for cell in _cells(root, len(self._strings.shown)):
            if self._is_wanted(cell):
                text = cell.own if cell.string is None else self._strings.contested(cell.string)
                found = sheet_text(text) if text is not None else None
                if found is not None:
                    yield found if cell.string is None else _OwnText(cell.element, found)

    def _is_wanted(self, cell: _Cell) -> bool:
        is_chosen = self._columns is None or (cell.column in self._columns and cell.row > self._head)
        return is_chosen and not cell.is_result and not self._is_fixed(cell)

    def _is_fixed(self, cell: _Cell) -> bool:
        # Tables do not overlap, so only the last one that begins before the cell may contain it.
        areas = self._fixed.get(cell.row, ())
        index = bisect_left(areas, (cell.column + 1, 0))
        return index > 0 and cell.column <= areas[index - 1][1]

    def _shown(self, cell: _Cell) -> str:
        if cell.string is not None:
            return self._strings.shown[cell.string]
        return shown_text(cell.own) if cell.own is not None else ""


@dataclass(frozen=True, slots=True)
class _OwnText:
    """A cell that gets a text of its own in the place of a shared string."""

    cell: etree._Element
    text: SheetText

    @property
    def fragments(self) -> Sequence[Fragment]:
        return self.text.fragments

    def replace(self, texts: Sequence[str]) -> None:
        self.text.replace(texts)
        value = next(child for child in self.cell if local_name(child) == "v")
        own = etree.Element(tag_beside(value, "is"), None, value.nsmap)
        own.extend(list(self.text.element))
        self.cell.replace(value, own)
        self.cell.set("t", "inlineStr")


def _cells(root: etree._Element, strings: int) -> Iterator[_Cell]:
    """Yield the cells with text. Places that are not stated follow the ones before."""
    row = 0
    for line in root.iter("{*}row"):
        row = _number(line.get("r")) or row + 1
        column = 0
        for element in line:
            if local_name(element) != "c":
                continue
            place = _PLACE.fullmatch(element.get("r") or "")
            row, column = _place(place) if place else (row, column + 1)
            kind = element.get("t")
            if kind == "s":
                value = next((child.text for child in element if local_name(child) == "v"), None)
                string = _number(value)
                if string is not None and string < strings:
                    yield _Cell(element, row, column, string, None)
            elif kind == "inlineStr":
                own = next((child for child in element if local_name(child) == "is"), None)
                if own is not None:
                    yield _Cell(element, row, column, None, own)


def _items(root: etree._Element) -> list[etree._Element]:
    return [child for child in root if local_name(child) == "si"]


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text) else None


def _place(place: re.Match[str]) -> tuple[int, int]:
    """Return the row and the column of a place such as AB7."""
    column = 0
    for letter in place[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(place[2]), column
