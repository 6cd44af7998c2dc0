"""The formats of this room, by file name extension."""

from __future__ import annotations

from collections.abc import Callable

from nmt.documents.document import Document
from nmt.documents.xml_messages.android import read_android
from nmt.documents.xml_messages.qt_ts import read_ts
from nmt.documents.xml_messages.resx import read_resx
from nmt.documents.xml_messages.xliff import read_xliff

XML_MESSAGE_READERS: dict[str, Callable[[str, bytes], Document]] = {
    ".resx": read_resx,
}
XML_TARGET_READERS: dict[str, Callable[[str, bytes, str | None], Document]] = {
    ".xml": read_android,
    ".xliff": read_xliff,
    ".xlf": read_xliff,
    ".ts": read_ts,
}
"""Readers of formats that depend on the target language. It is their third argument, if it is known."""
