"""The blocks of an HTML tree: the content between its block-level elements, as texts with marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from nmt.text.markup.html_block import Block, BlockBuilder, Slot

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
_PLACEHOLDER = re.compile(r"\{(\d{1,9})\}")
"""Placeholder for a kept element in a sentence. Models treat it, or a number in its place, as a name."""


def blocks(root: etree._Element) -> list[Block]:
    """Return the blocks to translate below `root`, in document order."""
    return [block for builder in _builders(root) for block in builder.blocks()]


def _builders(root: etree._Element) -> Iterator[BlockBuilder]:
    """Yield a builder for each place between two block-level elements in which something is translated."""
    boundaries = _boundaries(root)
    numbers = map(int, _PLACEHOLDER.findall("".join(root.itertext())))
    unused = max(numbers, default=-1) + 1
    builder: BlockBuilder | None = None  # None where nothing is translated
    translated = [True]  # for each open element
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event == "start":
            translated.append(is_translated(element, translated[-1]))
            if element in boundaries:
                if builder is not None:
                    yield builder
                builder = BlockBuilder(Slot(element), unused) if translated[-1] else None
            elif builder is not None and element.tag != "br":
                if translated[-1]:
                    builder.open(element)
                else:
                    builder.keep(element, _read_text(element))
                    walker.skip_subtree()
            continue
        is_open = event == "end" and translated.pop()
        if element in boundaries or (builder is not None and element.tag == "br" and not builder.is_nested):
            if builder is not None:
                yield builder
            builder = (
                BlockBuilder(Slot(element, is_tail=True), unused) if translated[-1] and element is not root else None
            )
        elif builder is not None:
            if element.tag == "br":
                builder.break_line(element)
            elif is_open:
                builder.close()
            elif event != "end":
                builder.keep(element)
            builder.read(Slot(element, is_tail=True))


def _boundaries(root: etree._Element) -> set[etree._Element]:
    """Return the elements that no sentence extends beyond: `root`, block-level elements, and elements that contain
    them."""
    found = {root}
    translated = [True]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            translated.pop()
            continue
        translated.append(is_translated(element, translated[-1]))
        is_island = translated[-1] and not translated[-2]
        around = element if element.tag in _BLOCK_LEVEL or is_island else None
        while around is not None and around not in found:
            found.add(around)
            around = around.getparent()
    return found


def is_translated(element: etree._Element, inherited: bool) -> bool:
    """Whether `element` is translated, by its purpose and by HTML's `translate` attribute, which its content
    inherits."""
    if str(element.tag) in _LEFT_ALONE or "notranslate" in (element.get("class") or "").split():
        return False
    if inherited and _is_note(element):
        return False
    choice = (element.get("translate") or "").lower()
    return inherited if choice not in {"yes", "no"} else choice == "yes"


def _read_text(element: etree._Element) -> str:
    """Return the text of a kept element that is read as part of its sentence."""
    return "" if element.tag in _UNREAD or _is_note(element) else str(element.xpath("string()"))


def _is_note(element: etree._Element) -> bool:
    """Whether `element` is the number of a note, or a power: it adjoins a word and is not a word itself."""
    if element.tag != "sup":
        return False
    inside = list(islice(element.iter(), _NOTE_ELEMENTS + 1))
    text = "".join(f"{each.text or ''}{each.tail or ''}" for each in inside[1:]) + (element.text or "")
    return len(inside) <= _NOTE_ELEMENTS and bool(text.strip()) and not any(map(str.isalpha, text))
