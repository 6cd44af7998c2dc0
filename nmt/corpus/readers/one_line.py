"""A text as one line: formats that let a text run over several lines mean one sentence or a few."""

from __future__ import annotations

import re

_BREAK = re.compile(r"[ \t\r\n]*[\t\r\n][ \t\r\n]*")


def one_line(text: str) -> str:
    """`text` with each line break and tab, and the spaces around it, as one space, and none at its ends."""
    return _BREAK.sub(" ", text).strip(" ")
