"""Read XML element by element, so that memory use does not grow with the file."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from nmt.corpus.readers.compressed import open_unpacked
from nmt.corpus.readers.one_line import one_line
from nmt.errors import CorpusError
from nmt.inline_codes import character, is_break, is_formatting

_STARTS = frozenset({"bpt", "bx", "sc", "sm"})
_ENDS = frozenset({"ept", "ex", "ec", "em"})
_CODES = _STARTS | _ENDS | {"ph", "it", "ut", "x", "cp"}
"""Inline elements of TMX and XLIFF whose content, if any, is original markup rather than text."""
_DROPPED, _BREAK, _START, _END = "\0", "\1", "\2", "\3"
"""Stand where a code, a break, or the start or the end of a formatting was; no XML has them."""
_AROUND_CODES = re.compile(r"[ \t\r\n\0-\3]*[\0-\3][ \t\r\n\0-\3]*")
_NO_SPACE_BEFORE = re.compile(r"[,.)\]]")
_MARK = re.compile(r"[,.;:!?)\]]")


def elements(path: Path, names: frozenset[str]) -> Iterator[tuple[str, etree._Element]]:
    """Yield ("start" or "end", element) for every element whose local name is in `names`, in any namespace.

    An element is complete at its "end" event, and is freed after the next step. Nothing outside the file is opened,
    and its entities are not expanded. Raises CorpusError if the file is not XML.
    """
    with open_unpacked(path) as stream:
        try:
            events = etree.iterparse(
                stream,
                events=("start", "end"),
                tag=[f"{{*}}{name}" for name in names],
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
                remove_comments=True,
                remove_pis=True,
            )
            for event, element in events:
                yield event, element
                if event == "end":
                    _free(element)
        except etree.XMLSyntaxError as error:
            raise CorpusError(
                f"{path} line {error.lineno}: not well-formed XML ({error.msg}); mend the file or export it again"
            ) from error


def _free(element: etree._Element) -> None:
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def local_name(element: etree._Element) -> str:
    """Return the element name without its namespace."""
    return etree.QName(element).localname


def text_of(element: etree._Element) -> str:
    """Return the text of a segment as one line. The text of markup elements is kept; codes are dropped.

    A code that stands for a line break parts words, and so becomes a space. So does a code between two letters whose
    markup is not known, and the end of a formatting before the start of another. The spaces around any other become
    one. Entities such as &nbsp; are resolved as in HTML. Entities that the file declares itself stay as written.
    """
    return one_line(_AROUND_CODES.sub(_gap, "".join(_texts(element))))


def _gap(match: re.Match[str]) -> str:
    """Return what stands in place of codes and the space around them."""
    codes, text = match[0], match.string
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if _DROPPED in codes and _NO_SPACE_BEFORE.match(after):
        return ""
    if re.search(r"[ \t\r\n]", codes):
        return " "
    if _BREAK in codes:
        return "" if _MARK.match(after) else " "
    is_between_words = before.isalnum() and after.isalnum()
    return " " if is_between_words and (_DROPPED in codes or _END + _START in codes) else ""


def _texts(element: etree._Element) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child, etree._Entity):
            yield html.unescape(child.text or "")
        elif isinstance(child.tag, str):
            name = local_name(child)
            if name == "byte":
                yield character(child.get("value", ""))
            elif name in _CODES:
                yield _stand_in(child, name)
            else:
                yield _START
                yield from _texts(child)
                yield _END
        if child.tail:
            yield child.tail


def _stand_in(code: etree._Element, name: str) -> str:
    if is_break(code):
        return _BREAK
    if name in _STARTS:
        return _START
    if name in _ENDS:
        return _END
    return _START if is_formatting(code) else _DROPPED
