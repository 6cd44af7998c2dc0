"""An XML file with the place of each element in its text, so that single elements can be written anew."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from lxml import etree

from nmt.documents.encoding import Decoded, decoded
from nmt.documents.localization.limits import check_length
from nmt.documents.office.archive import NOT_XML
from nmt.errors import DocumentError

_DECLARED = re.compile(r"""(\A\s*<\?xml\s[^<>]*?\bencoding\s*=\s*["'])([\w.:-]+)""", re.ASCII)
_QUOTED = r""""[^"]*"|'[^']*'"""
_MARKUP = re.compile(
    rf"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<!DOCTYPE(?P<doctype>(?:[^\"'>\[]|{_QUOTED})*+)"
    rf"|<(?P<close>/?)[^!?/<>\s](?:[^<>\"'/]|/(?!>)|{_QUOTED})*+(?P<empty>/?)>",
    re.DOTALL,
)
"""The markup of a well-formed file. A document type ends before its internal subset."""
_CDATA = re.compile(r"<!\[CDATA\[(?:(?!\]\]>).)*+\]\]>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Offsets of an element in the text, in characters. An empty element `<a/>` has its inside at its end."""

    start: int
    inner_start: int
    inner_end: int
    end: int


class XmlSource:
    """A well-formed XML file without entities of its own, parsed without network access."""

    def __init__(self, name: str, content: bytes) -> None:
        """Read the file `name`, in the encoding that it declares. It is written in UTF-8 and declares that."""
        declared = _DECLARED.search(content[:200].decode("ascii", errors="replace"))
        source = decoded(name, content, declared[2] if declared else None)
        check_length(name, source)
        text = _DECLARED.sub(
            lambda match: match[1] + (match[2] if match[2].lower() == "utf-8" else "utf-8"), source.text
        )
        self.name = name
        self.source = Decoded(text, source.has_bom)
        self.root = _parsed(name, text)
        self._places = self._located()

    def place(self, element: etree._Element) -> Place:
        """Return where `element` stands."""
        return self._places[element]

    def raw(self, element: etree._Element) -> str:
        """Return `element` or a comment as the file writes it, without its tail."""
        place = self._places.get(element)
        if place is None:
            return etree.tostring(element, with_tail=False, encoding="unicode")
        return self.source.text[place.start : place.end]

    def tags(self, element: etree._Element) -> tuple[str, str]:
        """Return the start and end tag of `element` as the file writes them."""
        place = self._places[element]
        return self.source.text[place.start : place.inner_start], self.source.text[place.inner_end : place.end]

    def inner(self, element: etree._Element) -> str:
        """Return what stands between the tags of `element`."""
        place = self._places[element]
        return self.source.text[place.inner_start : place.inner_end]

    def is_cdata(self, element: etree._Element) -> bool:
        """Whether the text of `element` is one CDATA section."""
        return _CDATA.fullmatch(self.inner(element).strip()) is not None

    def _located(self) -> dict[etree._Element, Place]:
        elements = (element for element in self.root.iter() if isinstance(element.tag, str))
        places: dict[etree._Element, Place] = {}
        opened: list[tuple[etree._Element, int, int]] = []
        for tag in _MARKUP.finditer(self.source.text):
            if tag["doctype"] is not None and self.source.text.startswith("[", tag.end()):
                raise DocumentError(f"{self.name} declares entities, which are refused: write their texts instead")
            if tag["close"] is None:
                continue
            if tag["close"]:
                element, start, inner_start = opened.pop()
                places[element] = Place(start, inner_start, tag.start(), tag.end())
            elif tag["empty"]:
                places[next(elements)] = Place(tag.start(), tag.end(), tag.end(), tag.end())
            else:
                opened.append((next(elements), tag.start(), tag.end()))
        return places


def as_xml(text: str) -> str:
    """Return `text` as XML writes it. Characters that XML does not allow are left out."""
    return escape(NOT_XML.sub("", text), quote=False)


def as_cdata(text: str) -> str:
    """Return `text` as a CDATA section, or as two where it contains the end of one."""
    return "<![CDATA[" + NOT_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"


def local_name(element: etree._Element) -> str:
    """Return the name without its namespace. Empty for a comment."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def as_start_tag(tag: str) -> str:
    """Return the tag of an empty element, or a start tag, as a start tag."""
    return tag.removesuffix(">").removesuffix("/").rstrip() + ">"


def with_attributes(tag: str, attributes: dict[str, str]) -> str:
    """Return a start tag with `attributes` set to values that need no escaping."""
    for name, value in attributes.items():
        found = re.search(rf"""(\s{re.escape(name)}\s*=\s*)("[^"]*"|'[^']*')""", tag)
        if found:
            tag = tag[: found.start(2)] + f'"{value}"' + tag[found.end(2) :]
        else:
            end = len(tag) - (2 if tag.endswith("/>") else 1)
            tag = tag[:end].rstrip() + f' {name}="{value}"' + tag[end:]
    return tag


def _parsed(name: str, text: str) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocumentError(f"{name} is no well-formed XML ({error}): save it again") from None
    return root
