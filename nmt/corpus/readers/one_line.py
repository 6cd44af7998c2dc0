"""Join the lines of a text. Formats with multi-line texts still mean one sentence or a few."""

from __future__ import annotations

import re

_BREAK = re.compile(r"[ \t\r\n]*[\t\r\n][ \t\r\n]*")


def one_line(text: str) -> str:
    """Replace each line break and tab in `text`, with the spaces around it, by one space, and strip the ends."""
    return _BREAK.sub(" ", text).strip(" ")
