"""Opens a document from a file's name and bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from nmt.documents.book.epub import read_epub
from nmt.documents.csv import read_csv
from nmt.documents.document import Document
from nmt.documents.html import read_html
from nmt.documents.localization.formats import MESSAGE_READERS, TARGET_READERS
from nmt.documents.office.docx import read_docx
from nmt.documents.office.ods import read_ods
from nmt.documents.office.odt import read_odp, read_odt
from nmt.documents.office.pptx import read_pptx
from nmt.documents.office.xlsx import read_xlsx
from nmt.documents.po import CatalogueDocument
from nmt.documents.srt import read_srt
from nmt.documents.subtitles.formats import SUBTITLE_READERS
from nmt.documents.txt import read_txt
from nmt.documents.xml_messages.formats import XML_MESSAGE_READERS, XML_TARGET_READERS
from nmt.errors import DocumentError


def _read_md(name: str, content: bytes) -> Document:
    from nmt.documents.markdown.md import read_md  # markdown-it and pypdf are loaded when there is a file for them

    return read_md(name, content)


def _read_pdf(name: str, content: bytes) -> Document:
    from nmt.documents.pdf import PdfText

    return PdfText(name, content)


_TABLES: dict[str, Callable[[str, bytes, str | None], Document]] = {
    ".csv": read_csv,
    ".xlsx": read_xlsx,
    ".ods": read_ods,
}
"""Formats with columns."""
_READERS: dict[str, Callable[[str, bytes], Document]] = {
    ".txt": read_txt,
    ".md": _read_md,
    ".html": read_html,
    ".htm": read_html,
    ".srt": read_srt,
    ".po": CatalogueDocument,
    ".docx": read_docx,
    ".odt": read_odt,
    ".pptx": read_pptx,
    ".odp": read_odp,
    ".epub": read_epub,
    ".pdf": _read_pdf,
}

_ROOMS = SUBTITLE_READERS | MESSAGE_READERS | XML_MESSAGE_READERS
"""Formats that rooms of their own read."""
_FOR_TARGET = TARGET_READERS | XML_TARGET_READERS
"""Formats that declare the target language, or whose plurals depend on it."""

SUPPORTED: tuple[str, ...] = (*_READERS, *_ROOMS, *_FOR_TARGET, *_TABLES)
"""File name extensions of the supported formats."""
_WRITTEN_AS = {".pdf": ".html"}
"""Formats whose translation has another format."""


def written_extension(name: str) -> str:
    """Return the extension of the translation of the file `name`, such as .html for a PDF: most often its own."""
    own = PurePath(name).suffix
    return _WRITTEN_AS.get(own.lower(), own)


def open_document(name: str, content: bytes, *, column: str | None = None, target: str | None = None) -> Document:
    """Open the file `name` as a document. Its extension determines the format.

    `column` names the column of a table to translate. A CSV file needs it unless there is only one column. Without
    it, all columns of a workbook are translated. `target` is the code of the target language, for formats that declare
    it. Raises DocumentError for a file that cannot be read as the format that its name states.
    """
    kind = PurePath(name).suffix.lower()
    if kind not in SUPPORTED:
        raise DocumentError(f"{name!r} is of no kind that can be translated: those are {', '.join(SUPPORTED)}")
    if kind in _TABLES:
        return _TABLES[kind](name, content, column)
    if column is not None:
        raise DocumentError(f"{name} has no columns: leave `column` out")
    if kind in _FOR_TARGET:
        return _FOR_TARGET[kind](name, content, target)
    return (_READERS | _ROOMS)[kind](name, content)
