"""Inline codes of TMX and XLIFF, which stand for the original markup in a segment: what kind each one is."""

from __future__ import annotations

import re

from lxml import etree

_BREAK_KINDS = frozenset({"lb", "pb", "x-lb", "xlf:lb", "xlf:pb", "break", "LineBreak", "linebreak"})
"""What `type` (TMX), `ctype` (XLIFF 1.x) and `subType` (2.x) call a code that ends a line or a page."""
_BREAK_MARKUP = re.compile(
    r"\s*(?:</?(?:\w+:)?(?:br|cr|p|line-break|soft-page-break)\b[^<>]*>|\\[nrN]|\r?\n)+\s*|\s*[\r\n]\s*", re.IGNORECASE
)
"""The original markup of such a code: of HTML, Word, OpenDocument, subtitles and programs."""
_FORMATTING = re.compile(
    r"\s*(?:</?(?:\w+:)?(?:a|abbr|b|big|bold|c|cf|color|em|emphasis|font|g|i|italic|mark|r|rpr|s|small|span|strike|strong"
    r"|sub|sup|tt|u|underline)\b[^<>]*>\s*)+",
    re.IGNORECASE,
)
"""The original markup of a code that only changes how letters look, and may stand inside a word."""
_TAGS = re.compile(r"\s*(?:<[^<>]*>\s*)+")


def is_break(code: etree._Element) -> bool:
    """Whether a code stands for a line break, by what it is called or by the markup that it was."""
    if any(code.get(name) in _BREAK_KINDS for name in ("type", "ctype", "subType")):
        return True
    if etree.QName(code).localname == "cp":
        return character(f"x{code.get('hex', '')}").isspace()
    return any(_BREAK_MARKUP.fullmatch(original) for original in _originals(code))


def is_formatting(code: etree._Element) -> bool:
    """Whether the original markup of a code is known, and only changes how letters look."""
    return any(_FORMATTING.fullmatch(original) for original in _originals(code))


def is_tag(code: etree._Element) -> bool:
    """Whether the original markup of a code is known, and is a tag, which no reader sees."""
    return any(_TAGS.fullmatch(original) for original in _originals(code))


def character(number: str) -> str:
    """Return the character with a number in the form of Qt and XLIFF: decimal, or hexadecimal after an x."""
    try:
        return chr(int(number[1:], 16) if number.startswith("x") else int(number))
    except (ValueError, OverflowError):
        return ""


def _originals(code: etree._Element) -> list[str]:
    """Return what the file says the original markup of a code was."""
    stated = ("".join(code.itertext()), code.get("equiv-text"), code.get("equiv"), code.get("disp"), _data(code))
    return [original for original in stated if original]


def _data(code: etree._Element) -> str | None:
    """Return the markup that a code of XLIFF 2 refers to."""
    reference = code.get("dataRef") or code.get("dataRefStart")
    unit = next(code.iterancestors("{*}unit"), None) if reference else None
    data = () if unit is None else unit.iterfind("{*}originalData/{*}data")
    return next((each.text for each in data if each.get("id") == reference), None)
