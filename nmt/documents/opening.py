"""Opens a document from a file's name and bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from nmt.documents.csv import read_csv
from nmt.documents.document import Document
from nmt.documents.html import read_html
from nmt.documents.localization.formats import MESSAGE_READERS, TARGET_READERS
from nmt.documents.md import read_md
from nmt.documents.office.docx import read_docx
from nmt.documents.office.odt import read_odt
from nmt.documents.po import Catalogue
from nmt.documents.srt import read_srt
from nmt.documents.subtitles.formats import SUBTITLE_READERS
from nmt.documents.txt import read_txt
from nmt.documents.xml_messages.formats import XML_MESSAGE_READERS, XML_TARGET_READERS
from nmt.errors import DocumentError

_TABLE = ".csv"
_READERS: dict[str, Callable[[str, bytes], Document]] = {
    ".txt": read_txt,
    ".md": read_md,
    ".html": read_html,
    ".htm": read_html,
    ".srt": read_srt,
    ".po": Catalogue,
    ".docx": read_docx,
    ".odt": read_odt,
}

_ROOMS = SUBTITLE_READERS | MESSAGE_READERS | XML_MESSAGE_READERS
"""Formats that rooms of their own read."""
_FOR_TARGET = TARGET_READERS | XML_TARGET_READERS
"""Formats that declare the target language."""

SUPPORTED: tuple[str, ...] = (*_READERS, *_ROOMS, *_FOR_TARGET, _TABLE)
"""File name extensions of the supported formats."""


def open_document(name: str, content: bytes, *, column: str | None = None, target: str | None = None) -> Document:
    """Open the file `name` as a document. Its extension determines the format.

    `column` names the column of a table to translate. It may be omitted if there is only one column. `target` is the
    code of the target language, for formats that declare it. Raises DocumentError for a file that cannot be read as the
    format that its name states.
    """
    kind = PurePath(name).suffix.lower()
    if kind not in SUPPORTED:
        raise DocumentError(f"{name!r} is of no kind that can be translated: those are {', '.join(SUPPORTED)}")
    if kind == _TABLE:
        return read_csv(name, content, column)
    if column is not None:
        raise DocumentError(f"{name} has no columns: leave `column` out")
    if kind in _FOR_TARGET:
        return _FOR_TARGET[kind](name, content, target)
    return (_READERS | _ROOMS)[kind](name, content)
