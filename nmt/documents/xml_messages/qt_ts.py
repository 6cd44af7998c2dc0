"""Qt's `.ts`: the messages without a translation."""

from __future__ import annotations

from lxml import etree

from nmt.documents.inline_marks import Wording, marks_pattern, written
from nmt.documents.inline_tags import Inline
from nmt.documents.localization.languages import agreed
from nmt.documents.localization.placeholders import QT
from nmt.documents.patches import Edit, Patch, PatchedText
from nmt.documents.xml_messages.accelerators import split_accelerator, with_accelerator
from nmt.documents.xml_messages.xliff_target import child_named
from nmt.documents.xml_messages.xml_inline import InlineElements
from nmt.documents.xml_messages.xml_source import XmlSource, as_start_tag, as_xml, local_name, with_attributes
from nmt.errors import DocumentError

_MARKS = marks_pattern(QT)
_INLINE = InlineElements(
    is_span=lambda element: False,
    marks=_MARKS,
    shown=lambda element: "",
    is_break=lambda element: False,
    collapses=False,
)


def read_ts(name: str, content: bytes, target: str | None) -> PatchedText:
    """Read the messages `name`. Finished, vanished and obsolete ones stay, and so do contexts and comments.

    Translations keep the type `unfinished`, with which Qt marks what a person has to check. All forms of a number get
    the same translation.
    """
    xml = XmlSource(name, content)
    if local_name(xml.root) != "TS":
        raise DocumentError(f"{name} is none of Qt's translation sources: its root is not TS")
    language = agreed(name, xml.root.get("language"), xml.root.get("sourcelanguage"), target)
    tag = xml.tags(xml.root)[0]
    place = xml.place(xml.root)
    edit = Edit(place.start, place.inner_start, with_attributes(tag, {"language": language}) if language else tag)
    messages = (element for element in xml.root.iter() if local_name(element) == "message")
    patches = [patch for message in messages if (patch := _patch(xml, message)) is not None]
    return PatchedText(xml.source, patches, edits=[edit], fills=True)


def _patch(xml: XmlSource, message: etree._Element) -> Patch | None:
    source, translation = child_named(message, "source"), child_named(message, "translation")
    if source is None or translation is None or translation.get("type") != "unfinished":
        return None
    forms = [child for child in translation if local_name(child) == "numerusform"]
    if any((form.text or "").strip() for form in forms or [translation]) or len(forms) != len(translation):
        return None
    text, letter = split_accelerator(source.text or "") if len(source) == 0 else ("", "")
    wording = Wording(text, _MARKS)
    inline = Inline(_INLINE.nodes(xml, source))
    fragment = inline.fragment if len(source) else wording.fragment
    if fragment is None:
        return None
    opening = as_start_tag(xml.tags(translation)[0])

    def changed(text: str) -> str:
        if len(source):
            inside = written(inline.with_text(text), as_xml)
        else:
            inside = as_xml(with_accelerator(wording.translated(text), letter, _MARKS))
        if not forms:
            return opening + inside + "</translation>"
        # What stands between the forms, such as their indentation, stays.
        spaces = [translation.text or "", *(form.tail or "" for form in forms)]
        filled = [space + f"<numerusform>{inside}</numerusform>" for space in spaces[:-1]]
        return opening + "".join(filled) + spaces[-1] + "</translation>"

    place = xml.place(translation)
    return Patch(place.start, place.end, fragment, changed)
