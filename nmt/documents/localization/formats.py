"""The formats of this room, by file name extension."""

from __future__ import annotations

from collections.abc import Callable

from nmt.documents.document import Document
from nmt.documents.localization.apple_strings import read_strings
from nmt.documents.localization.json import read_json
from nmt.documents.localization.properties import read_properties
from nmt.documents.localization.xcstrings import read_xcstrings
from nmt.documents.localization.yaml import read_yaml

MESSAGE_READERS: dict[str, Callable[[str, bytes], Document]] = {
    ".properties": read_properties,
    ".strings": read_strings,
}
TARGET_READERS: dict[str, Callable[[str, bytes, str | None], Document]] = {
    ".json": read_json,
    ".arb": read_json,
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".xcstrings": read_xcstrings,
}
"""Readers of formats that declare the target language. It is their third argument, if it is known."""
