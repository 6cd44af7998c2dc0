"""Strings of SpreadsheetML (ECMA-376, part 1, 18.4): plain texts, or runs with formatting of their own."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from nmt.documents.document import Fragment
from nmt.documents.inline_tags import Inline
from nmt.documents.office.rich_text import Kept, RichNode, formatted, parts_of, runs_of
from nmt.documents.office.runs import Run, local_name, merged_runs, tag_beside

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class SheetText:
    """A shared string, or the string that a cell keeps itself."""

    element: etree._Element
    inline: Inline[Kept]
    fragment: Fragment
    properties: etree._Element | None
    """Formatting of the text outside spans."""

    @property
    def fragments(self) -> Sequence[Fragment]:
        """The string as the only fragment."""
        return (self.fragment,)

    def replace(self, texts: Sequence[str]) -> None:
        """Replace the string. Its phonetic hints go, because they belong to the characters of the source."""
        for child in list(self.element):
            self.element.remove(child)
        # The element holds nothing but runs, so there are no elements between them.
        runs = [piece for piece in runs_of(self.inline.with_text(*texts), self.properties) if isinstance(piece, Run)]
        if all(run.properties is None for run in runs):
            self._add_text(self.element, "".join(run.text for run in runs))
            return
        for run in runs:
            new = etree.SubElement(self.element, tag_beside(self.element, "r"))
            if run.properties is not None:
                new.append(copy.deepcopy(run.properties))
            self._add_text(new, run.text)

    def _add_text(self, parent: etree._Element, text: str) -> None:
        etree.SubElement(
            parent, tag_beside(self.element, "t"), {_SPACE: "preserve"} if text != text.strip() else {}
        ).text = text


def sheet_text(element: etree._Element) -> SheetText | None:
    """Read a string. Return None if it has no letters."""
    properties, nodes = merged_runs(_parts(element), (), formatted)
    inline = Inline(nodes)
    return SheetText(element, inline, inline.fragment, properties) if inline.fragment is not None else None


def shown_text(element: etree._Element) -> str:
    """Return the characters of a string as a cell shows them, without formatting."""
    texts = [child for part in element for child in (part, *part) if local_name(part) in {"t", "r"}]
    return "".join(text.text or "" for text in texts if local_name(text) == "t")


def _parts(element: etree._Element) -> Iterator[Run | RichNode]:
    for child in element:
        name = local_name(child)
        if name == "t":
            yield from parts_of(child.text or "", None)
        elif name == "r":
            properties = next((each for each in child if local_name(each) == "rPr"), None)
            yield from parts_of("".join(each.text or "" for each in child if local_name(each) == "t"), properties)
