"""Cells of a line: what stands between tabs, runs of spaces, codes for breaks, and signs between menu entries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nmt.characters import SPACES
from nmt.text.protected.spans import protected_spans

_SPACE = rf"[ {SPACES}]"
_GAP = re.compile(
    rf"""
      {_SPACE}*(?:\t{_SPACE}*)+ | {_SPACE}{{2,}}                     # columns
    | {_SPACE}*(?:\.{{4,}}|\u2026{{2,}}|(?:\.{_SPACE}){{3,}}\.?|_{{4,}}|-{{4,}}){_SPACE}*(?=[\divxlc]+{_SPACE}*$)
    | {_SPACE}*(?:\.{{6,}}|\u2026{{3,}}|_{{6,}}|-{{6,}}){_SPACE}*(?=\S)  # leaders
    | {_SPACE}*(?:<br{_SPACE}?/?>|(?:\\r)?\\n|\\[tN]){_SPACE}*       # breaks as codes
    | {_SPACE}+(?:[=|>\u00b7\u2022]|[\u2190-\u21ff\u2794-\u27bf]+|[-=]+>){_SPACE}+  # File > Save, 5 km = 3.1 miles
    """,
    re.VERBOSE | re.IGNORECASE,
)


def cells(line: str) -> Iterator[tuple[str, str]]:
    """Yield the cells of `line`, each with the gap after it. Joined together, they give `line`."""
    start = 0
    spans = None
    for match in _GAP.finditer(line):
        if spans is None:
            spans = protected_spans(line)
        if any(_cuts(span.start, span.end, match) for span in spans):
            continue
        yield line[start : match.start()], match[0]
        start = match.end()
    if start < len(line):
        yield line[start:], ""


def _cuts(start: int, end: int, gap: re.Match[str]) -> bool:
    """Whether `gap` has an end inside a protected part."""
    return start < gap.start() < end or start < gap.end() < end
