"""OpenDocument text: one fragment for each paragraph and heading."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from nmt.documents.document import Fragment
from nmt.documents.inline_tags import DEEPEST, Anchor, Atom, Inline, Node, Span
from nmt.documents.office.archive import Archive, ArchivedDocument
from nmt.errors import DocumentError

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_KIND = b"application/vnd.oasis.opendocument.text"
_SPANS = {_TEXT + name for name in ("span", "a", "meta")}
_STARTS = {_TEXT + name for name in ("bookmark", "bookmark-start", "reference-mark", "reference-mark-start")} | {
    _TEXT + name for name in ("change", "change-start", "alphabetical-index-mark", "toc-mark", "user-index-mark")
}
_ENDS = {_TEXT + name for name in ("bookmark-end", "reference-mark-end", "change-end")} | {
    _OFFICE + name for name in ("annotation", "annotation-end")
}
_NOT_TRANSLATED = (_OFFICE + "annotation", _TEXT + "tracked-changes")
"""Comments and deleted text."""
_MOST_SPACES = 100
"""Maximum number of spaces that one element may represent. A hostile element may claim millions."""


def read_odt(name: str, content: bytes) -> ArchivedDocument:
    """Read the document `name`: its body, footnotes, text boxes, headers and footers. Comments and metadata stay
    unchanged."""
    archive = Archive.read(name, content)
    if not archive.parts.get("mimetype", b"").startswith(_KIND):
        raise DocumentError(f"{name} is no OpenDocument text: save it as .odt")
    if b"encryption-data" in archive.parts.get("META-INF/manifest.xml", b""):
        raise DocumentError(f"{name} is encrypted: save it without a password")
    parts = [part for part in ("content.xml", "styles.xml") if part == "content.xml" or part in archive.parts]
    return ArchivedDocument(archive, dict.fromkeys(parts, _paragraphs))


@dataclass(frozen=True, slots=True)
class _Paragraph:
    element: etree._Element
    inline: Inline[etree._Element]
    fragment: Fragment

    def replace(self, text: str) -> None:
        nodes = self.inline.with_text(text)
        for child in list(self.element):
            self.element.remove(child)
        self.element.text = None
        _Writer().write(self.element, nodes)


def _paragraphs(root: etree._Element) -> Iterator[_Paragraph]:
    for element in root.iter(_TEXT + "p", _TEXT + "h"):
        if next(element.iterancestors(*_NOT_TRANSLATED), None) is None:
            inline = Inline(_Reader().nodes(element))
            if inline.fragment is not None:
                yield _Paragraph(element, inline, inline.fragment)


class _Reader:
    """Reads a paragraph. White space collapses to one space, and to none at the start."""

    def __init__(self) -> None:
        self._after_space = True

    def nodes(self, element: etree._Element, depth: int = 0) -> list[Node[etree._Element]]:
        """Return the nodes in `element`."""
        found: list[Node[etree._Element]] = [self._text(element.text)]
        for child in element:
            found += [*self._child(child, depth), self._text(child.tail)]
        return found

    def _text(self, text: str | None) -> str:
        single = re.sub(r"[ \t\r\n]+", " ", text or "")
        if self._after_space:
            single = single.removeprefix(" ")
        if single:
            self._after_space = single.endswith(" ")
        return single

    def _child(self, child: etree._Element, depth: int) -> list[Node[etree._Element]]:
        tag = child.tag
        if not isinstance(tag, str) or tag == _TEXT + "soft-page-break":
            return []
        if tag in _STARTS or tag in _ENDS:
            return [Anchor(child, at_end=tag in _ENDS)]
        if tag in _SPANS and depth < DEEPEST:
            return [Span(child, tuple(self.nodes(child, depth + 1)))]
        self._after_space = False
        if tag == _TEXT + "s":
            count = child.get(_TEXT + "c", "1")
            if count.isdecimal() and len(count) < 4 and int(count) <= _MOST_SPACES:
                return [" " * int(count)]
        shown = child.text or "" if len(child) == 0 else ""
        return [Atom(child, shown, is_break=tag == _TEXT + "line-break")]


class _Writer:
    """Writes a paragraph, with elements for spaces that would otherwise collapse."""

    def __init__(self) -> None:
        self._after_space = True

    def write(self, parent: etree._Element, nodes: list[Node[etree._Element]]) -> None:
        """Write `nodes` into `parent`."""
        for node in nodes:
            if isinstance(node, str):
                self._write_text(parent, node)
            elif isinstance(node, Span):
                span = etree.SubElement(parent, node.kept.tag, dict(node.kept.attrib), node.kept.nsmap)
                self.write(span, [*node.nodes])
            else:
                node.kept.tail = None
                parent.append(node.kept)
                self._after_space = self._after_space and isinstance(node, Anchor)

    def _write_text(self, parent: etree._Element, text: str) -> None:
        for part in re.findall(r" +|[^ ]+", re.sub(r"[\t\r\n]", " ", text)):
            spaces = part.count(" ")
            if spaces and not self._after_space:
                _append(parent, " ")
                spaces -= 1
            if spaces:
                etree.SubElement(parent, _TEXT + "s", {_TEXT + "c": str(spaces)})
            if part[0] != " ":
                _append(parent, part)
            self._after_space = part[0] == " "


def _append(parent: etree._Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
