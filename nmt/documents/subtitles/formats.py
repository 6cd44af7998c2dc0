"""The formats of this room, by file name extension."""

from __future__ import annotations

from collections.abc import Callable

from nmt.documents.document import Document
from nmt.documents.subtitles.ass import read_ass
from nmt.documents.subtitles.vtt import read_vtt

SUBTITLE_READERS: dict[str, Callable[[str, bytes], Document]] = {
    ".vtt": read_vtt,
    ".ass": read_ass,
    ".ssa": read_ass,
}
