"""HTML pages: the whole file is one fragment, because its translator handles markup."""

from __future__ import annotations

import re

from nmt.documents.document import Fragment
from nmt.documents.encoding import Decoded, decoded
from nmt.documents.patches import Patch, PatchedText

_DECLARED = re.compile(
    r"""(<meta[\s/][^<>]*?\bcharset\s*=\s*["']?\s*|\A\s*<\?xml\s[^<>]*?\bencoding\s*=\s*["'])([\w.:-]+)""",
    re.IGNORECASE | re.ASCII,
)
"""Restricted to ASCII, so that it matches alike in bytes of a yet unknown encoding and in the decoded text."""
_SEARCHED = 4096
"""Number of bytes searched for a declaration. HTML allows it in the first 1,024."""
_BEFORE = re.compile(r"\A(?:\s|\ufeff|<\?xml\b[^>]*>|<!--.*?-->)*+(?=<!doctype|<html)", re.IGNORECASE | re.DOTALL)
"""Content that may precede a document, and would hide from a fragment parser that it is one."""


def read_html(name: str, content: bytes) -> PatchedText:
    """Read the page `name` in its declared encoding. It is written in UTF-8 and declares that."""
    declared = _DECLARED.search(content[:_SEARCHED].decode("ascii", errors="replace"))
    source = decoded(name, content, declared[2] if declared else None)
    text = _DECLARED.sub(_as_utf8, source.text[:_SEARCHED]) + source.text[_SEARCHED:]
    before = _BEFORE.match(text)
    start = before.end() if before else 0
    patches = [Patch(start, len(text), Fragment(text[start:], "html"), str)] if text[start:].strip() else []
    return PatchedText(Decoded(text, source.has_bom), patches)


def _as_utf8(declaration: re.Match[str]) -> str:
    return declaration[1] + (declaration[2] if declaration[2].lower() == "utf-8" else "utf-8")
