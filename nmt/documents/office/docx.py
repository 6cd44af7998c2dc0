"""Word documents: one fragment for each paragraph."""

from __future__ import annotations

from nmt.documents.office.archive import Archive, ArchivedDocument
from nmt.documents.office.docx_paragraph import paragraphs
from nmt.errors import DocumentError

_TRANSLATED = ("document.main+xml", "template.main+xml", "header+xml", "footer+xml", "footnotes+xml", "endnotes+xml")
"""Suffixes of the content types of parts with readable text. Documents with macros spell `main+xml` differently."""


def read_docx(name: str, content: bytes) -> ArchivedDocument:
    """Read the document `name`: its body, tables, text boxes, headers, footers and notes.

    Comments, properties, charts, pictures and fields stay unchanged.
    """
    archive = Archive.read(name, content)
    found = [part for part, kind in archive.content_types().items() if kind.endswith(_TRANSLATED)]
    # The main part comes first, then notes, headers and footers, each in the order of their names.
    parts = sorted(found, key=lambda part: ("document" not in part, part))
    if not parts:
        raise DocumentError(f"{name} is no Word document: save it as .docx")
    return ArchivedDocument(archive, dict.fromkeys(parts, paragraphs))
