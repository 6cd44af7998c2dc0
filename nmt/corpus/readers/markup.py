"""Read XML element by element, so that memory use does not grow with the file."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from nmt.corpus.readers.compressed import open_unpacked
from nmt.corpus.readers.one_line import one_line
from nmt.errors import CorpusError

_CODES = frozenset({"bpt", "ept", "ph", "it", "ut", "x", "bx", "ex", "sc", "ec", "sm", "em", "cp"})
"""Inline elements of TMX and XLIFF whose content, if any, is original markup rather than text."""


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

    Entities such as &nbsp; are resolved as in HTML. Entities that the file declares itself stay as written.
    """
    return one_line("".join(_texts(element)))


def _texts(element: etree._Element) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child, etree._Entity):
            yield html.unescape(child.text or "")
        elif isinstance(child.tag, str) and local_name(child) not in _CODES:
            yield from _texts(child)
        if child.tail:
            yield child.tail
