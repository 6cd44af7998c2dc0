"""The formats of this room, by file name extension."""

from __future__ import annotations

from collections.abc import Callable

from nmt.documents.document import Document
from nmt.documents.localization.android import read_android
from nmt.documents.localization.apple_strings import read_strings
from nmt.documents.localization.json import read_json
from nmt.documents.localization.properties import read_properties
from nmt.documents.localization.qt_ts import read_ts
from nmt.documents.localization.resx import read_resx
from nmt.documents.localization.xcstrings import read_xcstrings
from nmt.documents.localization.xliff import read_xliff
from nmt.documents.localization.yaml import read_yaml

MESSAGE_READERS: dict[str, Callable[[str, bytes], Document]] = {
    ".properties": read_properties,
    ".strings": read_strings,
    ".xml": read_android,
    ".resx": read_resx,
}
TARGET_READERS: dict[str, Callable[[str, bytes, str | None], Document]] = {
    ".xliff": read_xliff,
    ".xlf": read_xliff,
    ".json": read_json,
    ".arb": read_json,
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".ts": read_ts,
    ".xcstrings": read_xcstrings,
}
"""Readers of formats that declare the target language. It is their third argument, if it is known."""
