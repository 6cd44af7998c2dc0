"""Which elements of HTML end a sentence, are kept, or belong to its words."""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

_BLOCK_LEVEL = frozenset(
    {
        "address",
        "article",
        "aside",
        "audio",
        "base",
        "blockquote",
        "body",
        "button",
        "canvas",
        "caption",
        "center",
        "col",
        "colgroup",
        "datalist",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frame",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hgroup",
        "hr",
        "html",
        "iframe",
        "input",
        "label",
        "legend",
        "li",
        "link",
        "main",
        "menu",
        "meta",
        "meter",
        "nav",
        "noframes",
        "ol",
        "optgroup",
        "option",
        "output",
        "p",
        "pre",
        "progress",
        "search",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
        "video",
    }
)
"""Elements that no sentence extends beyond. Any other element may occur inside a sentence."""
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
_UNREAD = frozenset(
    {
        "noscript",
        "object",
        "script",
        "style",
        "svg",
        "template",
        "textarea",
    }
)
"""Those of these elements whose text no sentence could need."""
_NOTE_ELEMENTS = 4
"""Maximum number of elements in a note, whose number may be in a link in brackets."""


_REFERENCE = re.compile(r"[#@]\S+|(?:https?://|www\.)\S+|[\w-]+(?:\.[\w-]+)+/\S*")
"""A hashtag, a mention or an address, as the text of a link."""


class HtmlRules:
    """The elements of HTML by their names."""

    def is_boundary(self, element: etree._Element) -> bool:
        """Whether no sentence extends beyond `element`."""
        return element.tag in _BLOCK_LEVEL

    def is_break(self, element: etree._Element) -> bool:
        """Whether `element` is a line break."""
        return element.tag == "br"

    def is_translated(self, element: etree._Element, inherited: bool) -> bool:
        """Whether `element` is translated, by its purpose and by HTML's `translate` attribute, which its content
        inherits."""
        if str(element.tag) in _LEFT_ALONE or "notranslate" in (element.get("class") or "").split():
            return False
        if inherited and (_is_note(element) or _is_reference(element)):
            return False
        choice = (element.get("translate") or "").lower()
        return inherited if choice not in {"yes", "no"} else choice == "yes"

    def read_text(self, element: etree._Element) -> str:
        """Return the text of a kept element that is read as part of its sentence."""
        return "" if element.tag in _UNREAD or _is_note(element) else str(element.xpath("string()"))


def _is_reference(element: etree._Element) -> bool:
    """Whether `element` is a link whose text is a hashtag, a mention or an address, or a part of one after its sign.

    Social networks put elements inside such links, and mark a part of an address as invisible.
    """
    if element.tag == "a":
        return _REFERENCE.fullmatch(str(element.xpath("string()")).strip()) is not None
    parent, previous = element.getparent(), element.getprevious()
    before = parent.text if previous is None and parent is not None else "" if previous is None else previous.tail
    return (before or "").endswith(("#", "@")) and bool((element.text or "")[:1].strip())


def _is_note(element: etree._Element) -> bool:
    """Whether `element` is the number of a note, or a power: it adjoins a word and is not a word itself."""
    if element.tag != "sup":
        return False
    inside = list(islice(element.iter(), _NOTE_ELEMENTS + 1))
    text = "".join(f"{each.text or ''}{each.tail or ''}" for each in inside[1:]) + (element.text or "")
    return len(inside) <= _NOTE_ELEMENTS and bool(text.strip()) and not any(map(str.isalpha, text))
