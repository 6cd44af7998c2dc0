"""Decoding of a text file's bytes, and encoding as UTF-8."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from nmt.errors import DocumentError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose byte order mark is a prefix of it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PLAIN_CODECS = re.compile(
    r"iso8859-\d+|iso2022_\w+|cp\d+|koi8-[rtu]|mac-\w+|shift_jis\w*|euc_\w+|gb\w+|big5\w*|hz|johab|tis-620"
)
"""Codecs that a file may declare. Others decode in quadratic time, or are not text encodings."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file."""

    text: str
    has_bom: bool
    codec: str = "utf-8"
    """The encoding in which the file is written."""

    def encoded(self, text: str) -> bytes:
        """Encode `text`, with a byte order mark if the file had one. Lone surrogates become question marks."""
        return (codecs.BOM_UTF8 if self.has_bom else b"") + text.encode(self.codec, errors="replace")


def decoded(name: str, content: bytes, declared: str | None = None) -> Decoded:
    """Decode the file `name` by its byte order mark, else by its `declared` encoding, else as UTF-8."""
    mark, codec = next(((mark, codec) for mark, codec in _BOMS if content.startswith(mark)), (b"", None))
    codec = codec or _codec(declared)
    try:
        text = content[len(mark) :].decode(codec)
    except UnicodeDecodeError as error:
        label = codec.upper()
        remedy = "save it as UTF-8" if codec == "utf-8" else f"save it as UTF-8, or mend what declares it {label}"
        raise DocumentError(f"{name} is not {label} (byte {error.start + len(mark)}): {remedy}") from None
    if "\0" in text:
        raise DocumentError(f"{name} has NUL characters, so it is no text: send a text file in UTF-8")
    return Decoded(text, bool(mark))


def without_surrogates(text: str) -> str:
    """Return `text` with each pair of surrogates, as escapes may spell it, as the character that it means."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _codec(label: str | None) -> str:
    """Return Python's codec for a declared encoding. ASCII, unknown and false declarations give UTF-8.

    A declaration that was read as ASCII cannot be in UTF-16. ISO 8859-1 means Windows-1252 on the web.
    """
    try:
        codec = codecs.lookup(label or "utf-8").name
    except (LookupError, ValueError):
        return "utf-8"
    if codec == "iso8859-1":
        return "cp1252"
    return codec if _PLAIN_CODECS.fullmatch(codec) else "utf-8"
