"""HTML documents: extracts the texts between tags and replaces them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree, html

from nmt.languages import base_code
from nmt.text.markup.blocks import blocks
from nmt.text.markup.html_attributes import attribute_blocks
from nmt.text.markup.html_blocks import HtmlRules
from nmt.text.markup.marked_text import MarkedText, TranslatedMarks

_VOID = ("source", "track", "wbr")
"""Elements without content that libxml2, which knows HTML 4, reads as if what follows were inside."""
_ENDS = re.compile(rf"(<({'|'.join(_VOID)})\b[^<>]*>)</\2>")


class Markup:
    """An HTML document or fragment whose texts can be replaced. Tags, attributes and comments are kept.

    An element inside a sentence moves with the words that it surrounds.
    """

    def __init__(self, source: str, languages: tuple[str, str] | None = None, attributes: bool = False) -> None:
        """Parse `source`, repairing broken markup as browsers do.

        `languages` are those of the source and of its translation: a page that declares the first will declare the
        second. With `attributes`, texts of attributes such as `alt` are translated too.
        """
        start = source.lstrip()[:9].lower()
        self._has_doctype = start == "<!doctype"
        self._is_document = self._has_doctype or start.startswith("<html")
        # lxml rejects a string that declares an encoding of its own, and does not support NUL.
        content = source.replace("\0", "").encode()
        parser = html.HTMLParser(encoding="utf-8", huge_tree=True)  # otherwise drops elements nested deeper than 256
        if not self._is_document:
            content = b"<html><body>" + content + b"</body></html>"
        whole = html.document_fromstring(content, parser=parser)
        for element in list(whole.iter(*_VOID)):
            _empty(element)
        if languages and self._is_document:
            _declare(whole, *languages)
        body = whole.body
        self._root = whole if self._is_document or body is None else body
        self._blocks = blocks(self._root, HtmlRules()) + (attribute_blocks(self._root) if attributes else [])

    @property
    def texts(self) -> list[MarkedText]:
        """Return the texts to translate: those between tags in document order, then those of attributes."""
        return [block.source for block in self._blocks]

    def with_texts(self, translated: Sequence[TranslatedMarks], rank: int = 0) -> str:
        """Return the source with each text replaced by its n-th translation."""
        for block, each in zip(self._blocks, translated, strict=True):
            block.write(each, rank)
        serialised = html.tostring(
            self._root,
            encoding="unicode",
            with_tail=False,
            include_meta_content_type=True,  # otherwise removed
        )
        serialised = _ENDS.sub(r"\1", serialised)
        if not self._is_document:
            return serialised[serialised.index(">") + 1 : -len("</body>")]
        return f"{self._root.getroottree().docinfo.doctype}\n{serialised}" if self._has_doctype else serialised


def _declare(page: html.HtmlElement, source: str, target: str) -> None:
    for name in ("lang", "xml:lang"):
        if base_code(page.get(name, "")) == base_code(source):
            page.set(name, target)


def _empty(element: etree._Element) -> None:
    """Move what `element` contains to the place after it."""
    after, children = element.tail or "", list(element)
    element.tail = None
    for child in reversed(children):
        element.addnext(child)
    if children:
        children[-1].tail = (children[-1].tail or "") + after
        after = ""
    element.tail = (element.text or "") + after
    element.text = None
