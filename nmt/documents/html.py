"""HTML pages: the whole file is one fragment, for whoever translates it knows markup."""

from __future__ import annotations

import re

from nmt.documents.encoding import Decoded, decoded
from nmt.documents.html_fragment import Fragment
from nmt.documents.patches import Patch, PatchedText

_DECLARED = re.compile(
    r"""(<meta[\s/][^<>]*?\bcharset\s*=\s*["']?\s*|\A\s*<\?xml\s[^<>]*?\bencoding\s*=\s*["'])([\w.:-]+)""",
    re.IGNORECASE | re.ASCII,
)
"""In ASCII only, so that it matches alike in bytes whose encoding is not known yet and in the decoded text."""
_SEARCHED = 4096
"""Bytes in which a declaration is looked for; HTML allows it in the first 1,024."""
_BEFORE = re.compile(r"\A(?:\s|\ufeff|<\?xml\b[^>]*>|<!--.*?-->)*+(?=<!doctype|<html)", re.IGNORECASE | re.DOTALL)
"""What may stand before a document, and would hide from a parser of fragments that it is one."""


def read_html(name: str, content: bytes) -> PatchedText:
    """The page `name`, in the encoding that it declares; it is written in UTF-8 and says so."""
    declared = _DECLARED.search(content[:_SEARCHED].decode("ascii", errors="replace"))
    source = decoded(name, content, declared[2] if declared else None)
    text = _DECLARED.sub(_as_utf8, source.text[:_SEARCHED]) + source.text[_SEARCHED:]
    before = _BEFORE.match(text)
    start = before.end() if before else 0
    patches = [Patch(start, len(text), Fragment(text[start:], "html"), str)] if text[start:].strip() else []
    return PatchedText(Decoded(text, source.has_bom), patches)


def _as_utf8(declaration: re.Match[str]) -> str:
    return declaration[1] + (declaration[2] if declaration[2].lower() == "utf-8" else "utf-8")
