"""Translation units of XLIFF 1.2."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from nmt.documents.patches import Passage
from nmt.documents.xml_messages.xliff_target import (
    Segment,
    child_named,
    has_text,
    is_for_translation,
    target_place,
    target_tags,
)
from nmt.documents.xml_messages.xml_source import XmlSource, local_name

_OPEN_STATES = {"new", "needs-translation"}
"""States of a target whose text is not a translation yet."""
_STATE = {"state": "needs-review-translation", "state-qualifier": "mt-suggestion"}


def units_1(xml: XmlSource) -> list[Passage]:
    """Return the targets to fill. They get the state of a machine's translation that a person has to review."""
    units = (element for element in xml.root.iter() if local_name(element) == "trans-unit")
    return [passage for unit in units if (passage := _passage(xml, unit)) is not None]


def _passage(xml: XmlSource, unit: etree._Element) -> Passage | None:
    source, target = child_named(unit, "source"), child_named(unit, "target")
    is_open = not has_text(target) or (target is not None and target.get("state") in _OPEN_STATES)
    segmented = child_named(unit, "seg-source")
    if not is_open and segmented is not None:
        is_open = any(not has_text(mark) for mark in _marks(target))
    if source is None or not is_open or unit.get("approved") == "yes" or not is_for_translation(unit):
        return None
    base = source if segmented is None or next(_marks(segmented), None) is None else segmented
    parts = _parts(xml, base, target)
    fragments = [fragment for part in parts if not isinstance(part, str) for fragment in part.fragments]
    if not fragments:
        return None
    last = source if segmented is None else segmented
    before, after = target_tags(xml, last, target, _STATE)

    def written(texts: Sequence[str]) -> str:
        remaining = iter(texts)
        filled = [
            part if isinstance(part, str) else part.translated([next(remaining) for _ in part.fragments])
            for part in parts
        ]
        return before + "".join(filled) + after

    return Passage(*target_place(xml, last, target), tuple(fragments), written)


def _parts(xml: XmlSource, base: etree._Element, target: etree._Element | None) -> list[str | Segment]:
    """Return the content of a target: texts to copy, and segments to translate."""
    marks = list(_marks(base))
    if not marks:
        return [Segment(xml, base)]
    done = {} if target is None else {mark.get("mid"): xml.inner(mark) for mark in _marks(target) if has_text(mark)}
    if target is not None and target.get("state") in _OPEN_STATES:
        done = {}
    text = xml.source.text
    parts: list[str | Segment] = []
    start = xml.place(base).inner_start
    for mark in marks:
        place = xml.place(mark)
        segment = Segment(xml, mark)
        is_kept = mark.get("mid") in done or not segment.fragments
        kept = done.get(mark.get("mid"), text[place.inner_start : place.inner_end])
        parts += [text[start : place.inner_start], kept if is_kept else segment]
        start = place.inner_end
    return [*parts, text[start : xml.place(base).inner_end]]


def _marks(element: etree._Element | None) -> Iterator[etree._Element]:
    """Yield the marks of segments in `element`, none of which is in another."""
    if element is not None:
        for child in element:
            if local_name(child) == "mrk" and child.get("mtype") == "seg":
                yield child
            elif local_name(child):
                yield from _marks(child)
