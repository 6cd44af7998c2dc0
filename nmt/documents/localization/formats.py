"""The formats of this room, by file name extension."""

from __future__ import annotations

from collections.abc import Callable

from nmt.documents.document import Document
from nmt.documents.localization.xliff import read_xliff

READERS: dict[str, Callable[[str, bytes, str | None], Document]] = {
    ".xliff": read_xliff,
    ".xlf": read_xliff,
}
"""Each takes the name of the file, its content, and the target language if that is known."""
