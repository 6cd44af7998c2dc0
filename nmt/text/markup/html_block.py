"""One block of an HTML tree: reads it as a text with marks for its elements, and writes its translation back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from lxml import etree

from nmt.text.markup.marked_text import MarkedText, Placed, TranslatedMarks
from nmt.text.markup.tags import Mark
from nmt.text.protected.spans import Span

_WHITE_SPACE = re.compile(r"[ \t\n\r\f]+")
"""Characters that HTML renders as one space."""
_NOT_IN_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Control characters that a tree cannot hold, although a character reference can produce them."""

_ROW = 2
"""Minimum number of adjacent links, without a word between them, that are not a sentence."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A text position in a tree: inside an element before its first child, or after the element's end."""

    element: etree._Element
    is_tail: bool = False

    @property
    def text(self) -> str:
        """Return the text in the slot."""
        return (self.element.tail if self.is_tail else self.element.text) or ""

    def write(self, text: str) -> None:
        """Write `text` into the slot."""
        kept = storable(text) or None
        if self.is_tail:
            self.element.tail = kept
        else:
            self.element.text = kept


def storable(text: str) -> str:
    """Return `text` without the characters that a tree cannot hold."""
    return _NOT_IN_XML.sub("", text)


class Block(Protocol):
    """A part of a tree that is translated separately."""

    @property
    def source(self) -> MarkedText:
        """Return the text to translate."""

    def write(self, translated: TranslatedMarks, rank: int) -> None:
        """Replace the source with its n-th translation."""


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A block without elements."""

    slot: Slot
    source: MarkedText

    def write(self, translated: TranslatedMarks, rank: int) -> None:
        """Replace the source with its n-th translation."""
        self.slot.write(translated.parts[0].text(rank))


@dataclass(frozen=True, slots=True)
class _Item:
    """An element of a block. The mark of the same number gives its position."""

    element: etree._Element
    is_open: bool
    """Whether the element's text and children belong to the block. If not, they stay inside the element."""


@dataclass(frozen=True, slots=True)
class _Inline:
    """A block that has elements among its words."""

    anchor: Slot
    """Slot at which the block begins."""
    source: MarkedText
    items: Sequence[_Item]
    spaced: frozenset[int]
    """Items that have no text and a space on both sides."""
    slots: Sequence[Slot]
    """Slots of the pieces."""
    around: tuple[str, str]
    """White space before and after the text."""

    def write(self, translated: TranslatedMarks, rank: int) -> None:
        """Replace the source with its n-th translation."""
        placed = translated.placed(rank)
        if placed is None:
            for slot, part in zip(self.slots, translated.parts, strict=True):
                slot.write(part.text(rank))
            return
        for item in self.items:
            parent = item.element.getparent()
            if parent is not None:
                parent.remove(item.element)
            item.element.tail = None
            if item.is_open:
                item.element.text = None
        inside: dict[int | None, list[int]] = {}
        for number, mark in enumerate(self.source.marks):
            inside.setdefault(mark.parent, []).append(number)
        whole = Span(0, len(placed.text))
        self._fill(self.anchor, whole, inside.get(None, []), placed, self.around)
        for number, item in enumerate(self.items):
            if item.is_open:
                self._fill(Slot(item.element), placed.spans[number], inside.get(number, []), placed, ("", ""))

    def _fill(self, slot: Slot, span: Span, numbers: Sequence[int], placed: Placed, around: tuple[str, str]) -> None:
        """Write the part `span` of a translation, with the items `numbers` in it, starting at `slot`."""
        text, end, last = around[0], span.start, slot
        for number in sorted(numbers, key=lambda each: (placed.spans[each].start, placed.spans[each].end)):
            mine, element = placed.spans[number], self.items[number].element
            text += placed.text[end : mine.start]
            stands_after_word = mine.start > 0 and not placed.text[mine.start - 1].isspace()
            if number in self.spaced and stands_after_word:
                text += " "
            last.write("")
            if last.is_tail:
                last.element.addnext(element)
            else:
                last.element.insert(0, element)
            last.write(text)
            text, end = " " if number in self.spaced and not stands_after_word else "", mine.end
            last = Slot(element, is_tail=True)
        last.write(text + placed.text[end : span.end] + around[1])


class BlockBuilder:
    """Reads the content between two block-level elements."""

    def __init__(self, anchor: Slot, unused: int) -> None:
        """Begin at `anchor`. `{unused}` and higher numbers may serve as placeholders for kept elements."""
        self._anchor = anchor
        self._unused = unused
        self._pieces: list[str] = []
        self._length = 0
        self._is_after_space = True
        self._items: list[_Item] = []
        self._marks: list[Mark] = []
        self._open: list[int] = []
        self._gap: int | None = None  # the last item read, if it has no text
        self._spaced: set[int] = set()
        self._shown: dict[str, str] = {}
        self._slots: list[Slot] = []
        self._last = anchor
        self.read(anchor)

    @property
    def is_nested(self) -> bool:
        """Whether an element is open."""
        return bool(self._open)

    def read(self, slot: Slot) -> None:
        """Add the text of `slot`."""
        self._last = slot
        text = _WHITE_SPACE.sub(" ", slot.text)
        if text.strip():
            self._slots.append(slot)
        if text.startswith(" ") and self._is_after_space:
            text = text[1:]
            if self._gap is not None:
                self._spaced.add(self._gap)
        self._gap = None if slot.text else self._gap
        self._add(text)

    def open(self, element: etree._Element) -> None:
        """Open an element whose text belongs to the block."""
        self._mark(element, is_open=True)
        self._open.append(len(self._items) - 1)
        self.read(Slot(element))

    def close(self) -> None:
        """Close the element that was opened last."""
        number = self._open.pop()
        self._marks[number] = replace(self._marks[number], end=self._length)
        self._gap = number if self._marks[number].start == self._length else None

    def keep(self, element: etree._Element, shown: str = "") -> None:
        """Add an element that stays unchanged and displays the text `shown`."""
        placeholder = ""
        if shown.strip():
            placeholder = f"{{{self._unused + len(self._shown)}}}"
            self._shown[placeholder] = _WHITE_SPACE.sub(" ", shown)
        self._mark(element, placeholder)
        self._gap = None if placeholder else len(self._items) - 1

    def break_line(self, element: etree._Element) -> None:
        """Add a line break, which ends a sentence."""
        self._mark(element, "\n")
        self._gap = None

    def blocks(self) -> list[Block]:
        """Return the content as one block, or each text as its own block if no element stands among the words."""
        pieces = [slot.text for slot in self._slots]
        text = "".join(self._pieces).rstrip(" ")
        if not self._is_one_text(text):
            return [TextBlock(slot, MarkedText(piece)) for slot, piece in zip(self._slots, pieces, strict=True)]
        after_space = (number for number, mark in enumerate(self._marks) if mark.start > len(text))
        self._spaced.update(islice(after_space, 1))
        marks = [replace(mark, start=min(mark.start, len(text)), end=min(mark.end, len(text))) for mark in self._marks]
        source = MarkedText(text, marks, pieces, self._shown)
        before = _WHITE_SPACE.match(self._anchor.text)
        after = self._last.text[len(self._last.text.rstrip(" \t\n\r\f")) :] if not self._open else ""
        around = before[0] if before else "", after
        return [_Inline(self._anchor, source, self._items, frozenset(self._spaced), self._slots, around)]

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)
        self._is_after_space = text[-1] in " \n" if text else self._is_after_space

    def _mark(self, element: etree._Element, text: str = "", is_open: bool = False) -> None:
        """Add an element that is represented by `text`."""
        self._items.append(_Item(element, is_open))
        end = self._length + len(text)
        self._marks.append(Mark(self._length, end, self._open[-1] if self._open else None, is_kept=bool(text)))
        self._add(text)

    def _is_one_text(self, text: str) -> bool:
        """Whether elements stand among the words of `text`, and it is not a row of links with one text each."""
        if not self._marks or (len(self._slots) <= 1 and not self._shown):
            return False
        links = [
            mark
            for mark, item in zip(self._marks, self._items, strict=True)
            if mark.parent is None and mark.start < mark.end and item.element.tag == "a"
        ]
        ends = [0, *(mark.end for mark in links)]
        between = (
            text[end:start] for end, start in zip(ends, [*(mark.start for mark in links), len(text)], strict=True)
        )
        return len(links) < _ROW or any(character.isalnum() for part in between for character in part)
