"""Paragraphs of DrawingML (ECMA-376, part 1, 21.1.2), which slides, text boxes and diagrams consist of."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from nmt.documents.document import Fragment
from nmt.documents.inline_tags import Atom, Inline
from nmt.documents.office.rich_text import Kept, RichNode, formatted, parts_of, runs_of
from nmt.documents.office.runs import Run, local_name, merged_runs, tag_beside

_NAMESPACES = (
    "http://schemas.openxmlformats.org/drawingml/2006/main",
    "http://purl.oclc.org/ooxml/drawingml/main",
)
"""Of the usual and of the strict form."""
_NO_FORMATTING = {"lang", "altLang", "noProof", "dirty", "err", "smtClean", "smtId", "bmk"}
"""Run properties that only the spelling checker and the editor use. PowerPoint splits runs by them."""
_AROUND = {"pPr", "endParaRPr"}
"""Properties of the paragraph, which are its first and its last element."""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    element: etree._Element
    inline: Inline[Kept]
    fragment: Fragment
    properties: etree._Element | None
    """Formatting of the text outside spans."""

    @property
    def fragments(self) -> Sequence[Fragment]:
        return (self.fragment,)

    def replace(self, texts: Sequence[str]) -> None:
        for child in list(self.element):
            if local_name(child) not in _AROUND:
                self.element.remove(child)
        at = sum(local_name(child) == "pPr" for child in self.element)
        for index, piece in enumerate(runs_of(self.inline.with_text(*texts), self.properties), at):
            self.element.insert(index, self._new_run(piece) if isinstance(piece, Run) else _without_tail(piece))

    def _new_run(self, run: Run) -> etree._Element:
        new = self.element.makeelement(tag_beside(self.element, "r"))
        if run.properties is not None:
            new.append(copy.deepcopy(run.properties))
        etree.SubElement(new, tag_beside(new, "t")).text = run.text
        return new


def drawing_paragraphs(root: etree._Element) -> Iterator[_Paragraph]:
    """Yield the paragraphs of a part that have text."""
    for element in root.iter(*(f"{{{namespace}}}p" for namespace in _NAMESPACES)):
        properties, nodes = merged_runs(_parts(element), _NO_FORMATTING, formatted)
        inline = Inline(nodes)
        if inline.fragment is not None:
            yield _Paragraph(element, inline, inline.fragment, properties)


def _parts(paragraph: etree._Element) -> Iterator[Run | RichNode]:
    for child in paragraph:
        name = local_name(child)
        if name == "r":
            properties = next((each for each in child if local_name(each) == "rPr"), None)
            yield from parts_of(_text(child), properties)
        elif name and name not in _AROUND:
            # A line break, a field such as the slide number, or a formula.
            yield Atom(Kept(element=child), _text(child), is_break=name == "br")


def _text(run: etree._Element) -> str:
    return "".join(child.text or "" for child in run if local_name(child) == "t")


def _without_tail(element: etree._Element) -> etree._Element:
    element.tail = None
    return element
