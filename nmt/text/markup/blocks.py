"""The blocks of a tree of markup: the content between elements that no sentence extends beyond, as texts with marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from lxml import etree

from nmt.text.markup.html_block import Block, BlockBuilder, Slot

_PLACEHOLDER = re.compile(r"\{(\d{1,9})\}")
"""Placeholder for a kept element in a sentence. Models treat it, or a number in its place, as a name."""


class Rules(Protocol):
    """What the elements of a kind of markup mean for its sentences."""

    def is_boundary(self, element: etree._Element) -> bool:
        """Whether no sentence extends beyond `element`."""

    def is_break(self, element: etree._Element) -> bool:
        """Whether `element` is a line break."""

    def is_translated(self, element: etree._Element, inherited: bool) -> bool:
        """Whether `element` is translated, where its parent is if `inherited`."""

    def read_text(self, element: etree._Element) -> str:
        """Return the text of a kept element that is read as part of its sentence."""


def blocks(root: etree._Element, rules: Rules) -> list[Block]:
    """Return the blocks to translate below `root`, in document order."""
    return [block for builder in _builders(root, rules) for block in builder.blocks()]


def _builders(root: etree._Element, rules: Rules) -> Iterator[BlockBuilder]:
    """Yield a builder for each place between two boundaries in which something is translated."""
    boundaries = _boundaries(root, rules)
    numbers = map(int, _PLACEHOLDER.findall("".join(root.itertext())))
    unused = max(numbers, default=-1) + 1
    builder: BlockBuilder | None = None  # None where nothing is translated
    translated = [True]  # for each open element
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start":
            translated.append(rules.is_translated(element, translated[-1]))
            if element in boundaries:
                if builder is not None:
                    yield builder
                builder = BlockBuilder(Slot(element), unused) if translated[-1] else None
            elif builder is not None and not rules.is_break(element):
                if translated[-1]:
                    builder.open(element)
                else:
                    builder.keep(element, rules.read_text(element))
                    walker.skip_subtree()
            continue
        is_open = event == "end" and translated.pop()
        if element in boundaries or (builder is not None and rules.is_break(element) and not builder.is_nested):
            if builder is not None:
                yield builder
            builder = (
                BlockBuilder(Slot(element, is_tail=True), unused) if translated[-1] and element is not root else None
            )
        elif builder is not None:
            if rules.is_break(element):
                builder.break_line(element)
            elif is_open:
                builder.close()
            elif event != "end":
                builder.keep(element)
            builder.read(Slot(element, is_tail=True))


def _boundaries(root: etree._Element, rules: Rules) -> set[etree._Element]:
    """Return the elements that no sentence extends beyond: `root`, elements that `rules` name, and elements that
    contain them."""
    found = {root}
    translated = [True]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            translated.pop()
            continue
        translated.append(rules.is_translated(element, translated[-1]))
        is_island = translated[-1] and not translated[-2]
        around = element if rules.is_boundary(element) or is_island else None
        while around is not None and around not in found:
            found.add(around)
            around = around.getparent()
    return found
