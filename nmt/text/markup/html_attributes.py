"""Texts of an HTML page that do not stand between tags: those of attributes that people see or hear, and of forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from nmt.text.markup.html_block import Block, Slot, TextBlock, storable
from nmt.text.markup.html_blocks import HtmlRules
from nmt.text.markup.marked_text import MarkedText, TranslatedMarks

_SEEN = ("alt", "title", "placeholder", "aria-label")


@dataclass(frozen=True, slots=True)
class _Attribute:
    """The value of an attribute."""

    element: etree._Element
    name: str
    source: MarkedText

    def write(self, translated: TranslatedMarks, rank: int) -> None:
        """Replace the value with its n-th translation."""
        self.element.set(self.name, storable(translated.parts[0].text(rank)))


def attribute_blocks(root: etree._Element) -> list[Block]:
    """Return the blocks of attributes, descriptions of pages and text areas below `root`, in document order.

    What is not to be translated has none.
    """
    return [block for block in _found(root) if any(map(str.isalpha, block.source.text))]


def _found(root: etree._Element) -> Iterator[Block]:
    rules, translated = HtmlRules(), [True]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            translated.pop()
            continue
        translated.append(rules.is_translated(element, translated[-1]))
        is_area = element.tag == "textarea" and translated[-2] and element.get("translate") != "no"
        if not (translated[-1] or is_area):
            continue
        names = ["content"] if element.tag == "meta" and element.get("name", "").lower() == "description" else _SEEN
        for name in names:
            if value := element.get(name):
                yield _Attribute(element, name, MarkedText(value))
        if is_area and element.text:
            yield TextBlock(Slot(element), MarkedText(element.text))
