"""`.resx` of .NET: the value of each string."""

from __future__ import annotations

from lxml import etree

from nmt.documents.inline_marks import Wording, marks_pattern
from nmt.documents.localization.placeholders import BRACES, PRINTF
from nmt.documents.patches import Patch, PatchedText
from nmt.documents.xml_messages.accelerators import split_accelerator, with_accelerator
from nmt.documents.xml_messages.xml_source import XmlSource, as_xml, local_name
from nmt.errors import DocumentError

_MARKS = marks_pattern(f"{BRACES}|{PRINTF}")


def read_resx(name: str, content: bytes) -> PatchedText:
    """Read the resources `name`. Data that is no string, names and comments stay.

    In texts of a form (`button.Text`), an `&` before a letter is an accelerator.
    """
    xml = XmlSource(name, content)
    if local_name(xml.root) != "root" or not any(local_name(child) in ("resheader", "data") for child in xml.root):
        raise DocumentError(f"{name} is none of .NET's resource files: its root has neither resheader nor data")
    patches = [
        patch
        for data in xml.root
        if local_name(data) == "data" and not data.get("type") and not data.get("mimetype")
        for value in data
        if local_name(value) == "value" and len(value) == 0
        if (patch := _patch(xml, data.get("name", ""), value)) is not None
    ]
    return PatchedText(xml.source, patches)


def _patch(xml: XmlSource, name: str, value: etree._Element) -> Patch | None:
    if name.startswith(">>"):  # what the designer notes about a control
        return None
    text, letter = split_accelerator(value.text or "") if name.endswith(".Text") else (value.text or "", "")
    wording = Wording(text, _MARKS)
    if wording.fragment is None:
        return None
    place = xml.place(value)
    return Patch(
        place.inner_start,
        place.inner_end,
        wording.fragment,
        lambda translated: as_xml(with_accelerator(wording.translated(translated), letter, _MARKS)),
    )
