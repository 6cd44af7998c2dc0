"""Segments of XLIFF 2."""

from __future__ import annotations

from collections.abc import Sequence

from nmt.documents.patches import Edit, Passage
from nmt.documents.xml_messages.xliff_target import (
    Segment,
    child_named,
    has_text,
    is_for_translation,
    target_place,
    target_tags,
)
from nmt.documents.xml_messages.xml_source import XmlSource, local_name, with_attributes


def units_2(xml: XmlSource) -> tuple[list[Passage], list[Edit]]:
    """Return the targets to fill, and the edits that set the state of their segments to `translated`.

    A target counts as finished unless its segment says that its state is `initial`.
    """
    passages: list[Passage] = []
    edits: list[Edit] = []
    for element in xml.root.iter():
        if local_name(element) != "segment" or not is_for_translation(element):
            continue
        source, target = child_named(element, "source"), child_named(element, "target")
        if source is None or (has_text(target) and element.get("state") != "initial"):
            continue
        segment = Segment(xml, source)
        if not segment.fragments:
            continue
        before, after = target_tags(xml, source, target, {})

        def written(texts: Sequence[str], segment: Segment = segment, before: str = before, after: str = after) -> str:
            return before + segment.translated(texts) + after

        passages.append(Passage(*target_place(xml, source, target), segment.fragments, written))
        place = xml.place(element)
        tag = with_attributes(xml.tags(element)[0], {"state": "translated"})
        edits.append(Edit(place.start, place.inner_start, tag))
    return passages, edits
