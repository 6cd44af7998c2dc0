"""The strings of a catalogue: their escapes, and their lines as gettext's tools write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WIDTH = 79
"""Characters of the longest line that gettext's tools write, with its quotation marks."""
_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", '"': '"', "\\": "\\"}
_ESCAPE = re.compile(r"(?:\\(?:[0-7]{1,3}|x[0-9a-fA-F]{1,2}))+|\\.")
_BYTE = re.compile(r"\\(?:x([0-9a-fA-F]+)|([0-7]+))")
_ESCAPED = {ord(character): f"\\{name}" for name, character in _CONTROLS.items()}
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_WORDS = re.compile(r"\s*\S+\s*|\s+")


def unescaped(text: str) -> str:
    """Return what `text` between quotation marks stands for. An unknown escape stands for itself."""
    return _ESCAPE.sub(_meaning, text) if "\\" in text else text


def _meaning(escape: re.Match[str]) -> str:
    known = _CONTROLS.get(escape[0][1:])
    if known is not None:
        return known
    # Octal and hexadecimal escapes are bytes; a character beyond ASCII has several.
    values = bytes(int(one, 16) if one else int(other, 8) & 0xFF for one, other in _BYTE.findall(escape[0]))
    return values.decode(errors="replace") or escape[0]


def quoted(text: str, name: str, newline: str, wrapped: bool) -> str:
    """Return `text` as strings that follow the keyword `name`, one a line.

    A text of several lines has a line for each. If `wrapped`, lines are also broken between words.
    """
    lines = [line.translate(_ESCAPED) for line in _LINES.findall(text)]
    if len(lines) < 2 and not (wrapped and lines and len(name) + len(lines[0]) + 3 > _WIDTH):
        return f'"{"".join(lines)}"'
    if wrapped:
        lines = [part for line in lines for part in _broken(line)]
    return newline.join(f'"{line}"' for line in ("", *lines))


def _broken(line: str) -> Iterator[str]:
    part = ""
    for word in _WORDS.findall(line):
        if part and len(part) + len(word.rstrip()) + 2 > _WIDTH:
            yield part
            part = ""
        part += word
    if part:
        yield part
