"""Segments and targets of XLIFF, of both versions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree

from nmt.documents.document import Fragment
from nmt.documents.inline_marks import marks_pattern, written
from nmt.documents.inline_tags import Inline
from nmt.documents.localization.message import Message, has_choice
from nmt.documents.localization.placeholders import ALL
from nmt.documents.xml_messages.xml_inline import InlineElements, trimmed
from nmt.documents.xml_messages.xml_source import XmlSource, as_start_tag, as_xml, local_name, with_attributes
from nmt.inline_codes import is_break, is_tag

_PAIRS = {"bpt": True, "bx": True, "sc": True, "sm": True, "ept": False, "ex": False, "ec": False, "em": False}
"""Elements that start a formatting, and those that end one."""


class Segment:
    """The content of an element, and what it is in the target. ICU plurals are translated where there are no tags."""

    def __init__(self, xml: XmlSource, element: etree._Element) -> None:
        self._before, nodes, self._after = trimmed(_INLINE.nodes(xml, element))
        text = "".join(element.itertext())
        self._message = Message(text.strip() if len(element) == 0 else "") if has_choice(text) else None
        self._inline = Inline(nodes)

    @property
    def fragments(self) -> tuple[Fragment, ...]:
        """Return the fragments to translate. There are none if the segment has no letters."""
        if self._message is not None:
            return self._message.fragments
        return (self._inline.fragment,) if self._inline.fragment else ()

    def translated(self, texts: Sequence[str]) -> str:
        """Return the content with `texts`, the translations of the fragments. No id occurs twice."""
        if self._message is not None:
            return self._before + as_xml(self._message.translated(texts)) + self._after
        return self._before + written(self._inline.with_text(texts[0]), as_xml, set()) + self._after


def child_named(element: etree._Element, name: str) -> etree._Element | None:
    """Return the first child of `element` with a local name."""
    return next((child for child in element if local_name(child) == name), None)


def has_text(element: etree._Element | None) -> bool:
    """Whether `element` contains anything but white space."""
    return element is not None and (len(element) > 0 or bool((element.text or "").strip()))


def is_for_translation(element: etree._Element) -> bool:
    """Return the nearest `translate` attribute of `element` and the elements around it, true by default."""
    around = (each.get("translate") for each in (element, *element.iterancestors()))
    return next((value for value in around if value), "yes") != "no"


def target_place(xml: XmlSource, after: etree._Element, target: etree._Element | None) -> tuple[int, int]:
    """Return where the target stands, or where it is put: after the element `after`."""
    place = xml.place(after if target is None else target)
    return (place.end, place.end) if target is None else (place.start, place.end)


def target_tags(
    xml: XmlSource, after: etree._Element, target: etree._Element | None, attributes: dict[str, str]
) -> tuple[str, str]:
    """Return the start tag of the target with `attributes` and its end tag. A new target is indented like `after`."""
    text = xml.source.text
    start = xml.place(after).start
    indent = re.search(r"\s*\Z", text[max(0, start - 200) : start])
    prefix = re.match(r"<(?:[^\s/>:]+:)?", xml.tags(after)[0])
    opening = prefix[0] if prefix else "<"
    tag = (indent[0] if indent else "") + f"{opening}target>" if target is None else xml.tags(target)[0]
    return with_attributes(as_start_tag(tag), attributes), opening.replace("<", "</") + "target>"


def _is_span(element: etree._Element) -> bool:
    if local_name(element) == "mrk":
        return element.get("mtype") != "protected" and element.get("translate") != "no"
    return local_name(element) in {"g", "pc"}


def _shown(element: etree._Element) -> str:
    if is_tag(element):
        return ""
    stated = (element.get(name) for name in ("equiv-text", "disp", "equiv"))
    return next((text for text in stated if text), None) or "".join(element.itertext())


def _pair(element: etree._Element) -> tuple[str, bool] | None:
    name = local_name(element)
    if name not in _PAIRS:
        return None
    key = element.get("startRef") or element.get("rid") or element.get("id") or ""
    return f"{name[-2:] in ('sm', 'em')} {key}", _PAIRS[name]


_INLINE = InlineElements(_is_span, marks_pattern(ALL), _shown, is_break, pair=_pair)
