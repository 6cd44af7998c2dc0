"""Text made of runs that lie side by side, as in slides and spreadsheets: converts runs to nodes, and nodes to runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree

from nmt.documents.inline_tags import Atom, Node, Span
from nmt.documents.office.runs import Run

_SPECIAL = re.compile(r"(?:_x000[Dd]_)?\n|\t|_x[0-9A-Fa-f]{4}_")
"""Line breaks, tabs, and characters that are written as their code (ECMA-376, part 1, 22.9.2.19)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Data needed to write a node again."""

    properties: etree._Element | None = None
    """Formatting of the text in a span, or of an atom that is text."""
    text: str = ""
    """The text of an atom."""
    element: etree._Element | None = None
    """The element of an atom that is no text."""


RichNode: TypeAlias = "Node[Kept]"


def formatted(properties: etree._Element | None) -> Kept:
    """Return what a span with the formatting `properties` keeps."""
    return Kept(properties)


def parts_of(text: str, properties: etree._Element | None) -> Iterator[Run | RichNode]:
    """Yield the text of a run, with atoms for line breaks, tabs and characters that are written as their code."""
    start = 0
    for special in _SPECIAL.finditer(text):
        yield Run(text[start : special.start()], properties)
        yield Atom(Kept(properties, special[0]), is_break=special[0].endswith("\n"))
        start = special.end()
    yield Run(text[start:], properties)


def runs_of(nodes: Sequence[RichNode], properties: etree._Element | None) -> list[Run | etree._Element]:
    """Return `nodes` as runs to write, and elements between them. Texts in no span have the formatting `properties`."""
    found: list[Run | etree._Element] = []
    for piece in _pieces(nodes, properties):
        last = found[-1] if found else None
        if isinstance(piece, Run) and isinstance(last, Run) and last.properties is piece.properties:
            found[-1] = Run(last.text + piece.text, piece.properties)
        else:
            found.append(piece)
    return [piece for piece in found if not isinstance(piece, Run) or piece.text]


def _pieces(nodes: Sequence[RichNode], properties: etree._Element | None) -> Iterator[Run | etree._Element]:
    for node in nodes:
        if isinstance(node, str):
            yield Run(node, properties)
        elif isinstance(node, Span):
            yield from _pieces(node.nodes, node.kept.properties)
        elif node.kept.element is None:
            yield Run(node.kept.text, node.kept.properties)
        else:
            yield node.kept.element
