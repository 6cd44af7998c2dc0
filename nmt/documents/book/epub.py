"""Books in EPUB (versions 2 and 3): chapters in the order of reading, and the tables of contents."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from nmt.documents.book.xhtml import ncx_labels, xhtml_paragraphs
from nmt.documents.office.archive import Archive, ArchivedDocument, ParagraphFinder
from nmt.errors import DocumentError

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_OBFUSCATIONS = {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
"""How embedded fonts are made useless outside the book (EPUB 3.3, 4.4). That hides no text."""
_FINDERS: dict[str, ParagraphFinder] = {
    "application/xhtml+xml": xhtml_paragraphs,
    "application/x-dtbncx+xml": ncx_labels,
}
"""What finds the paragraphs of a part, by its media type."""


def read_epub(name: str, content: bytes) -> ArchivedDocument:
    """Read the book `name`: its chapters and tables of contents. Metadata, code, formulas, pictures and their
    descriptions, and styles stay unchanged."""
    archive = Archive.read(name, content)
    if _CONTAINER not in archive.parts:
        raise DocumentError(f"{name} is no EPUB book: save it as .epub")
    if _is_encrypted(archive):
        raise DocumentError(f"{name} is encrypted, as protected books are: send a copy without protection")
    parts: dict[str, ParagraphFinder] = {}
    packages = [root.get("full-path") or "" for root in archive.tree(_CONTAINER).iter("{*}rootfile")]
    for package in dict.fromkeys(packages):
        parts |= _texts(archive, package)
    if not parts:
        raise DocumentError(f"{name} has no chapters in XHTML: save it again as .epub")
    return ArchivedDocument(archive, parts)


def _texts(archive: Archive, package: str) -> dict[str, ParagraphFinder]:
    """Return the parts with text that the package document `package` lists: those of its spine, then others."""
    root = archive.tree(package)
    items = {item.get("id") or "": item for item in root.iter("{*}item")}
    spine = [reference.get("idref") or "" for reference in root.iter("{*}itemref")]
    found: dict[str, ParagraphFinder] = {}
    for name in [*spine, *items]:
        item = items.get(name)
        finder = _FINDERS.get(item.get("media-type") or "") if item is not None else None
        if item is not None and finder is not None:
            path = posixpath.join(posixpath.dirname(package), unquote((item.get("href") or "").partition("#")[0]))
            found.setdefault(posixpath.normpath(path), finder)
    return {part: finder for part, finder in found.items() if part in archive.parts}


def _is_encrypted(archive: Archive) -> bool:
    if _ENCRYPTION not in archive.parts:
        return False
    methods = archive.tree(_ENCRYPTION).iter("{*}EncryptionMethod")
    return any(method.get("Algorithm") not in _OBFUSCATIONS for method in methods)
