"""Join the lines of a text. Formats with multi-line texts still mean one sentence or a few."""

from __future__ import annotations

import re

_BREAK = re.compile(r" *[\t\n\v\f\r\x1C-\x1E\x85\u2028\u2029][ \t\n\v\f\r\x1C-\x1E\x85\u2028\u2029]*")
"""Every character at which some program ends a line."""


def one_line(text: str) -> str:
    """Replace each line break and tab in `text`, with the spaces around it, by one space, and strip the ends."""
    return _BREAK.sub(" ", text).strip(" ")
