"""OpenDocument texts and presentations: one fragment for each paragraph and heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from nmt.documents.document import Fragment
from nmt.documents.inline_tags import DEEPEST, Anchor, Atom, Node, Span
from nmt.documents.office.archive import Archive, ArchivedDocument, ParagraphFinder
from nmt.documents.office.white_space import WhiteSpace
from nmt.documents.tab_columns import TabColumns
from nmt.errors import DocumentError

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TRANSLATED = (_TEXT + "p", _TEXT + "h", _PRESENTATION + "header-decl", _PRESENTATION + "footer-decl")
_SPANS = {_TEXT + name for name in ("span", "a", "meta")}
_STARTS = {_TEXT + name for name in ("bookmark", "bookmark-start", "reference-mark", "reference-mark-start")} | {
    _TEXT + name for name in ("change", "change-start", "alphabetical-index-mark", "toc-mark", "user-index-mark")
}
_ENDS = {_TEXT + name for name in ("bookmark-end", "reference-mark-end", "change-end")} | {
    _OFFICE + name for name in ("annotation", "annotation-end")
}
_NOT_TRANSLATED = (_OFFICE + "annotation", _TEXT + "tracked-changes", _TABLE + "tracked-changes")
"""Comments and deleted text."""
_MOST_SPACES = 100
"""Maximum number of spaces that one element may represent. A hostile element may claim millions."""


def read_odt(name: str, content: bytes) -> ArchivedDocument:
    """Read the document `name`: its body, footnotes, text boxes, headers and footers. Comments and metadata stay
    unchanged."""
    return opendocument(name, content, "text", ".odt")


def read_odp(name: str, content: bytes) -> ArchivedDocument:
    """Read the presentation `name`: its slides, tables, notes, and what its master pages show. Comments, metadata and
    the prompts of empty placeholders stay unchanged."""
    return opendocument(name, content, "presentation", ".odp")


def opendocument(
    name: str,
    content: bytes,
    kind: str,
    extension: str,
    finder: ParagraphFinder | None = None,
    *,
    has_page_texts: bool = True,
) -> ArchivedDocument:
    """Read the file `name`, which must be an OpenDocument of `kind`.

    `finder` finds the paragraphs of its body, if not all are translated. `has_page_texts`: whether to translate what
    its styles show on each page.
    """
    archive = Archive.read(name, content)
    if not archive.parts.get("mimetype", b"").startswith(f"application/vnd.oasis.opendocument.{kind}".encode()):
        raise DocumentError(f"{name} is no OpenDocument {kind}: save it as {extension}")
    if b"encryption-data" in archive.parts.get("META-INF/manifest.xml", b""):
        raise DocumentError(f"{name} is encrypted: save it without a password")
    finders: dict[str, ParagraphFinder] = {"content.xml": finder or paragraphs}
    if has_page_texts and "styles.xml" in archive.parts:
        finders["styles.xml"] = paragraphs
    return ArchivedDocument(archive, finders)


@dataclass(frozen=True, slots=True)
class OdfParagraph:
    """A paragraph or a heading."""

    element: etree._Element
    columns: TabColumns[etree._Element]

    @property
    def fragments(self) -> Sequence[Fragment]:
        """The fragments to translate."""
        return self.columns.fragments

    def replace(self, texts: Sequence[str]) -> None:
        """Replace the texts, keeping the element and its attributes."""
        nodes = self.columns.with_texts(texts)
        for child in list(self.element):
            self.element.remove(child)
        self.element.text = None
        _Writer().write(self.element, nodes)


def paragraphs(root: etree._Element) -> Iterator[OdfParagraph]:
    """Yield the paragraphs of a part that have text, except in comments, deleted text and empty placeholders."""
    for element in root.iter(*_TRANSLATED):
        if next(element.iterancestors(*_NOT_TRANSLATED), None) is None and not _is_prompt(element):
            columns = TabColumns(_Reader().nodes(element), lambda kept: kept.tag == _TEXT + "tab")
            if columns.fragments:
                yield OdfParagraph(element, columns)


def _is_prompt(element: etree._Element) -> bool:
    return any(each.get(_PRESENTATION + "placeholder") == "true" for each in element.iterancestors())


class _Reader:
    """Reads a paragraph."""

    def __init__(self) -> None:
        self._white_space = WhiteSpace()

    def nodes(self, element: etree._Element, depth: int = 0) -> list[Node[etree._Element]]:
        """Return the nodes in `element`."""
        found: list[Node[etree._Element]] = [self._white_space.collapsed(element.text)]
        for child in element:
            found += [*self._child(child, depth), self._white_space.collapsed(child.tail)]
        return found

    def _child(self, child: etree._Element, depth: int) -> list[Node[etree._Element]]:
        tag = child.tag
        if not isinstance(tag, str) or tag == _TEXT + "soft-page-break":
            return []
        if tag in _STARTS or tag in _ENDS:
            return [Anchor(child, at_end=tag in _ENDS)]
        if tag in _SPANS and depth < DEEPEST:
            return [Span(child, tuple(self.nodes(child, depth + 1)))]
        self._white_space.interrupt()
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
