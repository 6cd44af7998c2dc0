"""Messages in XML whose formatting is elements: nodes of their content, and content from translated nodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree

from nmt.documents.inline_marks import Marks, marked_nodes
from nmt.documents.inline_tags import DEEPEST, Atom, Node, Span, merged
from nmt.documents.xml_messages.xml_source import XmlSource, as_xml, local_name

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class InlineElements:
    """How a format marks formatting inside a message."""

    is_span: Callable[[etree._Element], bool]
    """Whether the text in an element is translated. Other elements stay as they are."""
    marks: re.Pattern[str]
    """Placeholders in texts, from `marks_pattern`."""
    shown: Callable[[etree._Element], str]
    """The text of an element that stays, as a reader sees it."""
    is_break: Callable[[etree._Element], bool]
    collapses: bool = True
    """Whether a line break in a text is only layout."""
    pair: Callable[[etree._Element], tuple[str, bool] | None] = lambda element: None
    """A key that the start and the end of a formatting share, and whether the element is the start."""

    def nodes(self, xml: XmlSource, element: etree._Element, depth: int = 0) -> list[Node[Marks]]:
        """Return the nodes in `element`."""
        children = list(element)
        found: list[Node[Marks]] = self._text(element, element.text, depth)
        opened: list[tuple[str, etree._Element, int]] = []
        for child in children:
            pair = self.pair(child)
            starts = [index for index, (key, _, _) in enumerate(opened) if pair and key == pair[0]]
            if pair and pair[1] and len(opened) + depth < DEEPEST:
                opened.append((pair[0], child, len(found)))
                found.append(self._atom(xml, child))
            elif pair and not pair[1] and starts:
                _, start, at = opened[starts[-1]]
                del opened[starts[-1] :]  # a start inside without its end stays an atom
                found[at:] = [Span((xml.raw(start), xml.raw(child)), tuple(found[at + 1 :]))]
            elif local_name(child) and self.is_span(child) and depth < DEEPEST:
                found.append(Span(xml.tags(child), tuple(self.nodes(xml, child, depth + len(opened) + 1))))
            else:
                found.append(self._atom(xml, child))
            found += self._text(element, child.tail, depth)
        return merged(found)

    def _atom(self, xml: XmlSource, child: etree._Element) -> Atom[Marks]:
        is_element = bool(local_name(child))
        return Atom((xml.raw(child), ""), self.shown(child) if is_element else "", is_element and self.is_break(child))

    def _text(self, element: etree._Element, text: str | None, depth: int) -> list[Node[Marks]]:
        if not text:
            return []
        spaced = next((space for each in (element, *element.iterancestors()) if (space := each.get(_SPACE))), "")
        joined = re.sub(r"\s+", _as_layout, text) if self.collapses and spaced != "preserve" else text
        return marked_nodes(joined, self.marks, as_xml, is_whole=len(element) == 0 and depth == 0)


def _as_layout(space: re.Match[str]) -> str:
    """Return white space as one space if it has a line break."""
    return " " if "\n" in space[0] else space[0]


def trimmed(nodes: Sequence[Node[Marks]]) -> tuple[str, list[Node[Marks]], str]:
    """Return the white space before `nodes`, the nodes without white space at both ends, and that after them."""
    inside = [*nodes]
    before = after = ""
    first = inside[0] if inside else None
    if isinstance(first, str):
        before = first[: len(first) - len(first.lstrip())]
        inside[0] = first.lstrip()
    last = inside[-1] if inside else None
    if isinstance(last, str):
        after = last[len(last.rstrip()) :]
        inside[-1] = last.rstrip()
    return before, merged(inside), after
