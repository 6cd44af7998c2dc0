r"""Java's `.properties`: the value of each key, with its `\uXXXX` escapes."""

from __future__ import annotations

import re

from nmt.documents.encoding import Decoded, decoded, without_surrogates
from nmt.documents.inline_marks import Wording, marks_pattern
from nmt.documents.localization.placeholders import ALL
from nmt.documents.patches import Patch, PatchedText
from nmt.errors import DocumentError

_NEWLINE = r"(?:\r\n|\r|\n)"
_ENTRY = re.compile(
    rf"(?<![^\r\n])[ \t\f]*+(?:[#!][^\r\n]*|(?P<key>(?:[^\\\s:=]|\\{_NEWLINE}|\\[^\r\n])++)"
    rf"(?:[ \t\f]|\\{_NEWLINE})*+[:=]?(?:[ \t\f]|\\{_NEWLINE})*+(?P<value>(?:[^\\\r\n]|\\{_NEWLINE}|\\[^\r\n])*+))",
)
"""A comment, or a key, its separator and its value. A backslash at the end of a line continues it."""
_ESCAPE = re.compile(rf"\\u([0-9A-Fa-f]{{4}})|\\{_NEWLINE}[ \t\f]*|\\(.)", re.DOTALL)
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_FORMAT = re.compile(r"\{\d+[^{}]*\}")
"""A message with one of these goes through MessageFormat, in which apostrophes quote."""
_MARKS = marks_pattern(rf"'\{{[^']*'|{ALL}")


def read_properties(name: str, content: bytes) -> PatchedText:
    """Read the properties `name`. Comments, keys and separators stay, and a translated value takes one line.

    The file is in UTF-8, or else in ISO 8859-1, as Java reads it. A file in ASCII or ISO 8859-1 stays so: letters of a
    translation that it does not have are escaped.
    """
    source = _decoded(name, content)
    escapes = source.codec != "utf-8" or source.text.isascii()
    patches: list[Patch] = []
    for entry in _ENTRY.finditer(source.text):
        if entry["key"] is None:
            continue
        value = _unescaped(entry["value"])
        is_format = _FORMAT.search(value) is not None
        wording = Wording(value.replace("''", "'") if is_format else value, _MARKS)
        if wording.fragment is not None:

            def written(text: str, wording: Wording = wording, is_format: bool = is_format) -> str:
                translated = wording.translated(text)
                return _escaped(_quoted(translated) if is_format else translated, escapes)

            patches.append(Patch(entry.start("value"), entry.end("value"), wording.fragment, written))
    return PatchedText(source, patches)


def _decoded(name: str, content: bytes) -> Decoded:
    try:
        return decoded(name, content)
    except DocumentError:
        if b"\0" in content:
            raise
        return Decoded(content.decode("latin-1"), False, "latin-1")


def _unescaped(value: str) -> str:
    def plain(escape: re.Match[str]) -> str:
        if escape[1]:
            return chr(int(escape[1], 16))
        return _CONTROLS.get(escape[2], escape[2]) if escape[2] else ""

    return without_surrogates(_ESCAPE.sub(plain, value))


def _quoted(text: str) -> str:
    """Return `text` with its apostrophes doubled, except those that quote a brace."""
    return re.sub(r"('\{[^']*')|'", lambda match: match[1] or "''", text)


def _escaped(value: str, escapes: bool) -> str:
    value = value.replace("\\", "\\\\")
    for name, character in _CONTROLS.items():
        value = value.replace(character, f"\\{name}")
    if value.startswith(" "):
        value = "\\" + value
    if not escapes:
        return value
    units = value.encode("utf-16-be", "replace")
    codes = [units[at] * 256 + units[at + 1] for at in range(0, len(units), 2)]
    return "".join(chr(code) if code < 128 else f"\\u{code:04X}" for code in codes)
