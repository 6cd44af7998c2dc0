"""XML fragments and documents: extracts their texts and replaces them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from html.entities import html5

from lxml import etree

from nmt.errors import RequestError
from nmt.text.markup.blocks import blocks
from nmt.text.markup.marked_text import MarkedText, TranslatedMarks

_LOOSE = re.compile(
    r"(?P<kept><!\[CDATA\[.*?\]\]>|<!--.*?-->)"
    r"|&(?!(?:amp|lt|gt|quot|apos);)(?P<name>[A-Za-z][A-Za-z0-9]*;)"
    r"|(?P<stray>&(?!(?:[A-Za-z][\w.-]*|#\d+|#x[0-9A-Fa-f]+);)|<(?![A-Za-z_/!?]))",
    re.DOTALL,
)
"""A named character that HTML defines and XML does not, or a character that begins markup in XML, and does not here."""
_DECLARATION = re.compile(r"\s*<\?xml\s.*?\?>\s*", re.DOTALL)
"""The first line of a document. It is kept apart, because it may name an encoding that the text no longer has."""
_DOCTYPE = re.compile(r"\s*<!DOCTYPE")
_TAG = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>"
    r"|<(?P<name>[^!?/<>\s](?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>(?P<closed></)?",
    re.DOTALL,
)
"""A start tag with the beginning of an end tag right after it, or the tag of an empty element, or no tag."""
_ROOT = "fragment"


@dataclass(frozen=True, slots=True)
class XmlRules:
    """Which elements end a sentence and which are kept, by their names as they are written, with prefixes."""

    splitting: frozenset[str] = frozenset()
    """Elements that no sentence extends beyond."""
    non_splitting: frozenset[str] = frozenset()
    """Elements that belong to a sentence wherever they stand."""
    ignored: frozenset[str] = frozenset()
    """Elements whose content is kept."""
    outlines: bool = True
    """Whether elements without text beside them end a sentence too."""

    def is_boundary(self, element: etree._Element) -> bool:
        """Whether no sentence extends beyond `element`."""
        name = _name(element)
        if not name:
            return False
        if name in self.splitting:
            return True
        return self.outlines and name not in self.non_splitting and not _has_text_beside(element)

    def is_break(self, element: etree._Element) -> bool:
        """Whether `element` is a line break. XML has none."""
        return False

    def is_translated(self, element: etree._Element, inherited: bool) -> bool:
        """Whether `element` is translated, by its name and its attribute `translate`, which its content inherits."""
        name = _name(element)
        if not name or name in self.ignored:
            return False
        choice = (element.get("translate") or "").lower()
        return inherited if choice not in {"yes", "no"} else choice == "yes"

    def read_text(self, element: etree._Element) -> str:
        """Return the text of a kept element, which is read as part of its sentence."""
        return str(element.xpath("string()")) if _name(element) else element.text or ""


class XmlMarkup:
    """XML whose texts can be replaced. Tags, attributes and comments are kept, and so are empty elements.

    An element inside a sentence moves with the words that it surrounds. An empty one is written as it was, with one tag
    or with two: some clients look for it as they sent it. Named characters of HTML are written out, a
    stray & or < is escaped, and an entity that a document declares itself is not expanded.
    """

    def __init__(self, source: str, rules: XmlRules | None = None) -> None:
        """Parse a document, or a fragment with any number of elements. Raises RequestError if it is not well-formed."""
        content = _LOOSE.sub(_strict, source.replace("\0", ""))
        declaration = _DECLARATION.match(content)
        self._declaration = declaration[0] if declaration else ""
        content = content.removeprefix(self._declaration)
        self._is_document = bool(declaration) or _DOCTYPE.match(content) is not None
        content = content.strip() if self._is_document else f"<{_ROOT}>{content}</{_ROOT}>"
        self._root = _parsed(content)
        self._with_two_tags = _written_with_two_tags(content, self._root)
        self._blocks = blocks(self._root, rules or XmlRules())

    @property
    def texts(self) -> list[MarkedText]:
        """Return the texts to translate, in document order."""
        return [block.source for block in self._blocks]

    def with_texts(self, translated: Sequence[TranslatedMarks], rank: int = 0) -> str:
        """Return the source with each text replaced by its n-th translation."""
        for block, each in zip(self._blocks, translated, strict=True):
            block.write(each, rank)
        for element in self._with_two_tags:
            element.text = element.text or ""  # lxml writes one tag if it is None
        if self._is_document:
            return self._declaration + etree.tostring(self._root.getroottree(), encoding="unicode")
        written = etree.tostring(self._root, encoding="unicode")
        return "" if written == f"<{_ROOT}/>" else written[len(_ROOT) + 2 : -len(_ROOT) - 3]


def _strict(loose: re.Match[str]) -> str:
    """Return XML for what `_LOOSE` has found."""
    if loose["stray"]:
        return escape(loose["stray"])
    return loose["kept"] or html5.get(loose["name"], loose[0])


def _parsed(content: str) -> etree._Element:
    """Return the root. Raises RequestError. Prefixes need not be declared, because fragments rarely do."""
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, load_dtd=False, no_network=True, strip_cdata=False
    )
    root = None if not content else etree.fromstring(content.encode(), parser)
    faults = [each for each in parser.error_log if each.type != etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE]
    if faults or root is None:
        place = f"line {faults[0].line}: {faults[0].message.splitlines()[0]}" if faults else "it has no element"
        raise RequestError(f"Tag handling parsing failed: {place}: send well-formed XML, or set tag_handling to html")
    return root


def _written_with_two_tags(content: str, root: etree._Element) -> list[etree._Element]:
    """Return the empty elements that `content` writes with a start tag and an end tag."""
    tags = [tag for tag in _TAG.finditer(content) if tag["name"]]
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    if len(tags) != len(elements):  # of a document type with brackets in its strings
        return []
    return [element for element, tag in zip(elements, tags, strict=True) if tag["closed"] and tag["name"][-1] != "/"]


def _name(element: etree._Element) -> str:
    """Return the name of an element as it is written, or an empty string for an entity."""
    if not isinstance(element.tag, str):
        return ""
    name = element.tag.rpartition("}")[2]
    return f"{element.prefix}:{name}" if element.prefix else name


def _has_text_beside(element: etree._Element) -> bool:
    """Whether the parent of `element` has text or an entity of its own."""
    parent = element.getparent()
    if parent is None:
        return False
    texts = (parent.text, *(child.tail for child in parent))
    return any((text or "").strip() for text in texts) or any(isinstance(child, etree._Entity) for child in parent)
