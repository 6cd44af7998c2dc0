"""WebVTT subtitles: one fragment for each cue, or for each speaker in a cue."""

from __future__ import annotations

import re
from html import escape

from nmt.documents.encoding import decoded
from nmt.documents.inline_marks import marks_pattern
from nmt.documents.line_breaks import lines_of
from nmt.documents.patches import Patch, PatchedText
from nmt.documents.subtitles.speeches import DASH, CueStyle
from nmt.errors import DocumentError

_TIME = r"(?:\d{2,}:)?\d{2}:\d{2}\.\d{3}"
_TIMES = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?:[ \t][^\r\n]*)?\s*")
_STYLE = CueStyle(
    marks_pattern("(?!)", hidden=rf"<[\d:.]+>|{DASH}"),
    re.compile(r"\r\n|\r|\n"),
    lambda text: escape(text, quote=False),
)
"""Times inside a cue, as in `<00:01.000>`, are no tags."""


def read_vtt(name: str, content: bytes) -> PatchedText:
    """Read the subtitles `name`. Names of cues, times, settings, notes, styles and regions stay."""
    source = decoded(name, content)
    if not re.match(r"WEBVTT(?:[ \t\r\n]|\Z)", source.text):
        raise DocumentError(f"{name} does not begin with WEBVTT: send WebVTT subtitles")
    patches: list[Patch] = []
    cue: tuple[int, int] | None = None
    for start, end in [*lines_of(source.text), (len(source.text), len(source.text))]:
        line = source.text[start:end]
        if cue and (not line.strip() or "-->" in line):
            patches += _STYLE.patches(source.text[slice(*cue)].rstrip(), cue[0])
            cue = None
        elif cue:
            cue = cue[0], end
        if _TIMES.fullmatch(line):
            cue = end, end
    return PatchedText(source, patches)
