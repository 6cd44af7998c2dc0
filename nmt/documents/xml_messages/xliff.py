"""XLIFF 1.2 and 2.x: a fragment for each segment without a translation."""

from __future__ import annotations

from lxml import etree

from nmt.documents.localization.languages import agreed
from nmt.documents.patches import Edit, PatchedText
from nmt.documents.xml_messages.xliff_1 import units_1
from nmt.documents.xml_messages.xliff_2 import units_2
from nmt.documents.xml_messages.xml_source import XmlSource, local_name, with_attributes
from nmt.errors import DocumentError


def read_xliff(name: str, content: bytes, target: str | None) -> PatchedText:
    """Read the file `name`. Its finished translations, notes, metadata and skeletons stay unchanged.

    `target` is declared as the target language if the file declares none.
    """
    xml = XmlSource(name, content)
    version = xml.root.get("version", "")
    if local_name(xml.root) != "xliff" or version[:2] not in ("1.", "2."):
        raise DocumentError(f"{name} is no XLIFF of version 1.2 or 2: export it as one of those")
    if version.startswith("1."):
        files = [element for element in xml.root.iter() if local_name(element) == "file"]
        edits = [_declared(xml, file, "target-language", "source-language", target) for file in files]
        return PatchedText(xml.source, units_1(xml), edits=edits, fills=True)
    language = _declared(xml, xml.root, "trgLang", "srcLang", target)
    if "trgLang" not in language.text:
        raise DocumentError(f"{name} has no trgLang, which translations in XLIFF 2 need: say the target language")
    segments, edits = units_2(xml)
    return PatchedText(xml.source, segments, edits=[language, *edits], fills=True)


def _declared(xml: XmlSource, element: etree._Element, attribute: str, source: str, target: str | None) -> Edit:
    """Return the start tag of `element` with the target language as its `attribute`."""
    language = agreed(xml.name, element.get(attribute), element.get(source), target)
    place = xml.place(element)
    tag = xml.tags(element)[0]
    return Edit(place.start, place.inner_start, with_attributes(tag, {attribute: language}) if language else tag)
