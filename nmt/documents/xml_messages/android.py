"""Android's `strings.xml`: strings, items of arrays, and the quantities of plurals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from nmt.documents.encoding import without_surrogates
from nmt.documents.inline_marks import Marks, marked_nodes, marks_pattern, written
from nmt.documents.inline_tags import Inline, Node, Span
from nmt.documents.localization.placeholders import ALL
from nmt.documents.patches import Patch, PatchedText
from nmt.documents.xml_messages.xml_inline import InlineElements, trimmed
from nmt.documents.xml_messages.xml_source import XmlSource, as_cdata, as_xml, local_name, with_attributes
from nmt.errors import DocumentError
from nmt.plural_categories import categories

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t"}
_MARKS = marks_pattern(ALL, line_break=r"\\n", hidden=r'(?<!\\)"')
"""An unescaped quotation mark keeps the white space inside it, and is not shown."""
_REFERENCE = re.compile(r"\s*[@?](?:\+?[\w.]+:)?[\w./]+\s*")
"""A value that stands for another resource, or for an attribute of the theme."""


def read_android(name: str, content: bytes, target: str | None = None) -> PatchedText:
    """Read the resources `name`. Comments, names, `translatable="false"`, `<xliff:g>` and references stay.

    Plurals get the quantities that the language `target` has and the file lacks, as copies of `other`.
    """
    xml = XmlSource(name, content)
    if local_name(xml.root) != "resources":
        raise DocumentError(f"{name} has no <resources>, so it is none of Android's: of XML only those are translated")
    read = (_patch(xml, element, _missing(element, target)) for element in _values(xml.root))
    patches = [patch for patch in read if patch is not None]
    return PatchedText(xml.source, patches)


def _values(root: etree._Element) -> Iterator[etree._Element]:
    for element in root:
        if element.get("translatable") == "false":
            continue
        if local_name(element) == "string":
            yield element
        elif local_name(element) in ("string-array", "plurals"):
            yield from (item for item in element if local_name(item) == "item")


def _missing(element: etree._Element, target: str | None) -> list[str]:
    """Return the quantities that are missing beside `element`, if it is the `other` of a plural."""
    parent = element.getparent()
    if target is None or parent is None or local_name(parent) != "plurals" or element.get("quantity") != "other":
        return []
    present = {item.get("quantity") for item in parent}
    return [quantity for quantity in categories(target, "plural") if quantity not in present]


def _patch(xml: XmlSource, element: etree._Element, missing: Sequence[str]) -> Patch | None:
    """Return the place of a value without the white space around it. None if there is nothing to translate.

    With `missing` quantities, it is the place of the whole element, before which copies for them are written.
    """
    if _REFERENCE.fullmatch("".join(element.itertext())):
        return None
    content = xml.inner(element)
    start = xml.place(element).inner_start + len(content) - len(content.lstrip())
    is_cdata = xml.is_cdata(element)
    read = marked_nodes((element.text or "").strip(), _MARKS) if is_cdata else trimmed(_INLINE.nodes(xml, element))[1]
    inline = Inline(_shown(node) for node in read)
    if inline.fragment is None:
        return None

    def changed(text: str) -> str:
        translated = inline.with_text(text)
        return as_cdata(written(translated, _escaped)) if is_cdata else written(translated, _escaped_in_xml)

    end = start + len(content.strip())
    if not missing:
        return Patch(start, end, inline.fragment, changed)
    place, text = xml.place(element), xml.source.text
    tag, rest = text[place.start : place.inner_start], text[end : place.end]
    tags = [*(with_attributes(tag, {"quantity": quantity}) for quantity in missing), tag]
    space = text[len(text[: place.start].rstrip()) : place.start]
    lead = text[place.inner_start : start]
    return Patch(
        place.start,
        place.end,
        inline.fragment,
        lambda translated: space.join(f"{each}{lead}{changed(translated)}{rest}" for each in tags),
    )


def _shown(node: Node[Marks]) -> Node[Marks]:
    """Return `node` with its texts as they look, without escapes."""
    if isinstance(node, Span):
        return Span(node.kept, tuple(_shown(each) for each in node.nodes))
    return _unescaped(node) if isinstance(node, str) else node


def _unescaped(text: str) -> str:
    def plain(escape: re.Match[str]) -> str:
        return chr(int(escape[1], 16)) if escape[1] else _CONTROLS.get(escape[2], escape[2])

    return without_surrogates(_ESCAPE.sub(plain, text))


def _escaped(text: str) -> str:
    for character in "\\'\"":
        text = text.replace(character, "\\" + character)
    text = re.sub(r"\A(?=[@?])", r"\\", text)
    return text.replace("\n", "\\n").replace("\t", "\\t")


def _escaped_in_xml(text: str) -> str:
    return as_xml(_escaped(text))


def _is_kept(element: etree._Element) -> bool:
    """Whether an element is `<xliff:g>`, which marks what is not translated."""
    return local_name(element) == "g"


_INLINE = InlineElements(
    is_span=lambda element: not _is_kept(element),
    marks=_MARKS,
    shown=lambda element: "".join(element.itertext()),
    is_break=lambda element: local_name(element) == "br",
)
