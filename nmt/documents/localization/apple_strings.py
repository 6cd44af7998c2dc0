"""Apple's `.strings`: the value of each key."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nmt.documents.encoding import decoded, without_surrogates
from nmt.documents.localization.message import Message
from nmt.documents.patches import Passage, PatchedText
from nmt.errors import DocumentError

_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_COMMENT = r"/\*(?:[^*]|\*(?!/))*+\*/"
_SPACE = rf"(?:\s|{_COMMENT})*+"
_PART = re.compile(
    rf"\s+|//[^\r\n]*|{_COMMENT}|(?:{_QUOTED}|[\w.$/:-]++){_SPACE}={_SPACE}(?P<value>{_QUOTED})\s*+;"
    rf"|(?:{_QUOTED}|[\w.$/:-]++)\s*+(?:=\s*+[\w.$/:-]++\s*+)?;",
    re.DOTALL,
)
"""White space, a comment, or an entry. An entry without a quoted value stays."""
_ESCAPE = re.compile(r"\\[Uu]([0-9A-Fa-f]{4})|\\([0-7]{3})|\\(.)", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


def read_strings(name: str, content: bytes) -> PatchedText:
    """Read the strings `name`, in UTF-16 or UTF-8. Comments and keys stay."""
    source = decoded(name, content)
    passages: list[Passage] = []
    position = 0
    while position < len(source.text):
        part = _PART.match(source.text, position)
        if part is None:
            line = source.text.count("\n", 0, position) + 1
            raise DocumentError(f'{name}, line {line}, is no entry such as "key" = "value"; : mend it')
        position = part.end()
        message = Message(_unescaped(part["value"][1:-1])) if part["value"] else None
        if message is not None and message.fragments:

            def written(texts: Sequence[str], message: Message = message) -> str:
                return _escaped(message.translated(texts))

            passages.append(Passage(part.start("value"), part.end("value"), message.fragments, written))
    return PatchedText(source, passages)


def _unescaped(value: str) -> str:
    def plain(escape: re.Match[str]) -> str:
        if escape[1]:
            return chr(int(escape[1], 16))
        return chr(int(escape[2], 8)) if escape[2] else _CONTROLS.get(escape[3], escape[3])

    return without_surrogates(_ESCAPE.sub(plain, value))


def _escaped(value: str) -> str:
    value = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + value.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r") + '"'
