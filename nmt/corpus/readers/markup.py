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

_CODES = frozenset({"bpt", "ept", "ph", "it", "ut", "x", "bx", "ex", "sc", "ec", "sm", "em", "cp"})
"""Inline elements of TMX and XLIFF whose content, if any, is original markup rather than text."""
_DROPPED, _BREAK = "\0", "\1"
"""Stand where a code was; no XML has them."""
_AROUND_CODES = re.compile(r"[ \t\r\n\0\1]*[\0\1][ \t\r\n\0\1]*(?=(?P<mark>[,.;:!?)\]])?)")
_BREAK_KINDS = frozenset({"lb", "pb", "x-lb", "xlf:lb", "xlf:pb", "break", "LineBreak", "linebreak"})
"""What `type` (TMX), `ctype` (XLIFF 1.x) and `subType` (2.x) call a code that ends a line or a page."""
_BREAK_MARKUP = re.compile(
    r"\s*(?:</?(?:\w+:)?(?:br|cr|p|line-break|soft-page-break)\b[^<>]*>|\\[nrN]|\r?\n)+\s*|\s*[\r\n]\s*", re.IGNORECASE
)
"""The original markup of such a code: of HTML, Word, OpenDocument, subtitles and programs."""


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

    A code that stands for a line break parts words, and so becomes a space. The spaces around any other become one.
    Entities such as &nbsp; are resolved as in HTML. Entities that the file declares itself stay as written.
    """
    return one_line(_AROUND_CODES.sub(_gap, "".join(_texts(element))))


def _gap(match: re.Match[str]) -> str:
    parts_words = _BREAK in match[0] and not match["mark"]
    return " " if parts_words or match[0].strip(_DROPPED + _BREAK) else ""


def _texts(element: etree._Element) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child, etree._Entity):
            yield html.unescape(child.text or "")
        elif isinstance(child.tag, str):
            name = local_name(child)
            if name == "byte":
                yield _character(child.get("value", ""))
            elif name in _CODES:
                yield _BREAK if _is_break(child) else _DROPPED
            else:
                yield from _texts(child)
        if child.tail:
            yield child.tail


def _is_break(code: etree._Element) -> bool:
    """Whether a code stands for a line break, by what it is called or by the markup that it was."""
    if any(code.get(name) in _BREAK_KINDS for name in ("type", "ctype", "subType")):
        return True
    if local_name(code) == "cp":
        return _character(f"x{code.get('hex', '')}").isspace()
    originals = (code.text, code.get("equiv-text"), code.get("equiv"), code.get("disp"), _original_data(code))
    return any(original and _BREAK_MARKUP.fullmatch(original) for original in originals)


def _original_data(code: etree._Element) -> str | None:
    """Return the markup that a code of XLIFF 2 refers to."""
    reference = code.get("dataRef") or code.get("dataRefStart")
    unit = next(code.iterancestors("{*}unit"), None) if reference else None
    data = () if unit is None else unit.iterfind("{*}originalData/{*}data")
    return next((each.text for each in data if each.get("id") == reference), None)


def _character(number: str) -> str:
    """Return the character with a number in the form of Qt and XLIFF: decimal, or hexadecimal after an x."""
    try:
        return chr(int(number[1:], 16) if number.startswith("x") else int(number))
    except (ValueError, OverflowError):
        return ""
