"""Chapters in XHTML: one fragment for each stretch of text between two blocks, such as a paragraph or a list item."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from nmt.documents.document import Fragment, has_letters
from nmt.documents.inline_tags import DEEPEST, Anchor, Atom, Inline, Node, Span
from nmt.documents.office.white_space import WhiteSpace

_XHTML = "{http://www.w3.org/1999/xhtml}"
_NCX = "{http://www.daisy.org/z3986/2005/ncx/}"
_SPANS = {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "data", "del", "dfn", "em", "font", "i", "ins"} | {
    *("label", "mark", "q", "ruby", "s", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u")
}
_ATOMS = {"audio", "br", "button", "canvas", "code", "embed", "iframe", "img", "input", "kbd", "map", "meter"} | {
    *("object", "progress", "rp", "rt", "samp", "script", "select", "var", "video", "wbr")
}
"""Elements in a line whose content is not translated."""
_KEPT = {"pre", "script", "style", "template", "textarea"}
"""Blocks whose content is not translated."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Text and inline elements between two blocks, or between a block and the start or the end of its parent."""

    parent: etree._Element
    previous: etree._Element | None
    """The block before."""
    children: list[etree._Element]
    inline: Inline[etree._Element]
    fragment: Fragment

    @property
    def fragments(self) -> Sequence[Fragment]:
        return (self.fragment,)

    def replace(self, texts: Sequence[str]) -> None:
        nodes = self.inline.with_text(*texts)
        for child in self.children:
            self.parent.remove(child)
        written = self.parent.makeelement(self.parent.tag, None, self.parent.nsmap)
        _write(written, nodes, set())
        if self.previous is None:
            self.parent.text, at = written.text, 0
        else:
            self.previous.tail, at = written.text, self.parent.index(self.previous) + 1
        self.parent[at:at] = list(written)


def xhtml_paragraphs(root: etree._Element) -> Iterator[_Stretch]:
    """Yield the stretches of text of a chapter."""
    return _stretches(root)


def ncx_labels(root: etree._Element) -> Iterator[_Stretch]:
    """Yield the titles in a table of contents in the form of EPUB 2. Page numbers are no titles."""
    for label in root.iter(_NCX + "docTitle", _NCX + "navLabel"):
        if next(label.iterancestors(_NCX + "pageList"), None) is None:
            for text in label.iterchildren(_NCX + "text"):
                yield from _stretches(text)


def _stretches(block: etree._Element) -> Iterator[_Stretch]:
    previous: etree._Element | None = None
    children: list[etree._Element] = []
    for child in block:
        if not _is_block(child):
            children.append(child)
            continue
        yield from _stretch(block, previous, children)
        if _name(child) not in _KEPT and child.get("translate") != "no":
            yield from _stretches(child)
        previous, children = child, []
    yield from _stretch(block, previous, children)


def _stretch(
    parent: etree._Element, previous: etree._Element | None, children: list[etree._Element]
) -> Iterator[_Stretch]:
    white_space = WhiteSpace()
    text = parent.text if previous is None else previous.tail
    nodes: list[Node[etree._Element]] = [white_space.collapsed(text)]
    inline = Inline([*nodes, *_nodes(children, white_space, 0)])
    if inline.fragment is not None:
        yield _Stretch(parent, previous, children, inline, inline.fragment)


def _nodes(children: Sequence[etree._Element], white_space: WhiteSpace, depth: int) -> Iterator[Node[etree._Element]]:
    for child in children:
        name = _name(child)
        if isinstance(child, etree._Entity):
            yield white_space.collapsed(html.unescape(child.text or ""))
        elif not isinstance(child.tag, str):
            yield Anchor(child, at_end=False)
        elif _is_atom(child) or depth == DEEPEST:
            white_space.interrupt()
            yield Atom(child, "".join(child.itertext()) if name != "script" else "", is_break=name == "br")
        else:
            inside: list[Node[etree._Element]] = [white_space.collapsed(child.text)]
            yield Span(child, (*inside, *_nodes(list(child), white_space, depth + 1)))
        yield white_space.collapsed(child.tail)


def _write(parent: etree._Element, nodes: Sequence[Node[etree._Element]], ids: set[str]) -> None:
    """Write `nodes` into `parent`. `ids` are those given so far: a span that occurs twice is one target of links."""
    last: etree._Element | None = None
    for node in nodes:
        if isinstance(node, str):
            if last is None:
                parent.text = (parent.text or "") + node
            else:
                last.tail = (last.tail or "") + node
            continue
        if isinstance(node, Span):
            last = etree.SubElement(parent, node.kept.tag, dict(node.kept.attrib), node.kept.nsmap)
            if (name := last.get("id")) is not None and name in ids:
                del last.attrib["id"]
            ids.add(name or "")
            _write(last, node.nodes, ids)
        else:
            last = node.kept
            last.tail = None
            parent.append(last)


def _is_block(element: etree._Element) -> bool:
    """Whether an element stands between texts rather than in them. One that contains a block is a block."""
    if _name(element) in _ATOMS:
        return False
    return any(name and name not in _SPANS | _ATOMS for name in map(_name, element.iter()))


def _is_atom(element: etree._Element) -> bool:
    """Whether an element in a line is not translated: code, formulas, pictures, numbers of notes, targets of links."""
    return (
        _name(element) not in _SPANS or element.get("translate") == "no" or not has_letters("".join(element.itertext()))
    )


def _name(element: etree._Element) -> str:
    """Return the name of an XHTML element. Empty for anything else, such as a formula or a comment."""
    name = etree.QName(element) if isinstance(element.tag, str) else None
    return name.localname if name is not None and f"{{{name.namespace}}}" == _XHTML else ""
