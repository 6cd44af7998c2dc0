"""HTML: the texts between its tags, and the document with other texts in their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree, html

_LEFT_ALONE = frozenset(
    {
        "code",
        "kbd",
        "math",
        "noscript",
        "object",
        "pre",
        "samp",
        "script",
        "style",
        "svg",
        "template",
        "textarea",
        "var",
    }
)
_NOT_IN_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Control characters, which a character reference can smuggle in and no tree may hold."""


class Markup:
    """An HTML document or fragment whose texts can be replaced; tags, attributes and comments stay."""

    def __init__(self, source: str) -> None:
        """Parse `source`, mending what is broken in it as browsers do."""
        start = source.lstrip()[:9].lower()
        self._has_doctype = start == "<!doctype"
        self._is_document = self._has_doctype or start.startswith("<html")
        # lxml refuses a string that declares an encoding of its own, and knows no NUL.
        content = source.replace("\0", "").encode()
        parser = html.HTMLParser(encoding="utf-8", huge_tree=True)  # or it would drop what is nested deeper than 256
        if not self._is_document:
            content = b"<html><body>" + content + b"</body></html>"
        whole = html.document_fromstring(content, parser=parser)
        body = whole.body
        self._root = whole if self._is_document or body is None else body
        self._places = list(_places(self._root, True))

    @property
    def texts(self) -> list[str]:
        """What is to be translated, in the order of the document."""
        return [(element.tail if is_tail else element.text) or "" for element, is_tail in self._places]

    def with_texts(self, texts: Sequence[str]) -> str:
        """The source with `texts` in the places of its own."""
        for (element, is_tail), text in zip(self._places, texts, strict=True):
            storable = _NOT_IN_XML.sub("", text)
            if is_tail:
                element.tail = storable
            else:
                element.text = storable
        serialised = html.tostring(
            self._root,
            encoding="unicode",
            with_tail=False,
            include_meta_content_type=True,  # else it is taken out
        )
        if not self._is_document:
            return serialised[serialised.index(">") + 1 : -len("</body>")]
        return f"{self._root.getroottree().docinfo.doctype}\n{serialised}" if self._has_doctype else serialised


def _places(root: etree._Element, translated: bool) -> Iterator[tuple[etree._Element, bool]]:
    """Each text to translate below `root`: an element, and whether the text is the one after its end."""
    inside = [translated]  # of the elements that are open
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start":
            inside.append(_is_translated(element, inside[-1]))
            if inside[-1] and element.text and element.text.strip():
                yield element, False
            continue
        if event == "end":
            inside.pop()
        if element is not root and inside[-1] and element.tail and element.tail.strip():
            yield element, True


def _is_translated(element: etree._Element, inherited: bool) -> bool:
    """By HTML's `translate` attribute, which holds for what is inside, and by what the element is for."""
    if str(element.tag).lower() in _LEFT_ALONE or "notranslate" in (element.get("class") or "").split():
        return False
    choice = (element.get("translate") or "").lower()
    return inherited if choice not in {"yes", "no"} else choice == "yes"
