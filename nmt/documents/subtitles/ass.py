r"""Advanced SubStation Alpha and SubStation Alpha: one fragment for each dialogue, or for each speaker in it."""

from __future__ import annotations

import re

from nmt.documents.encoding import decoded
from nmt.documents.inline_marks import marks_pattern
from nmt.documents.line_breaks import lines_of
from nmt.documents.patches import Patch, PatchedText
from nmt.documents.subtitles.speeches import DASH, CueStyle
from nmt.errors import DocumentError

_SECTION = re.compile(r"[ \t]*\[([^\]]*)\]")
_FIELDS = re.compile(r"[ \t]*(Format|Dialogue)[ \t]*:", re.IGNORECASE)
_CODES = re.compile(r"\{[^{}]*\}")
_DRAWING = re.compile(r"\\(?:p[1-9]|[kK])")
"""A code that begins a drawing, or that times a syllable of a song."""
_STYLE = CueStyle(
    marks_pattern(r"\\h", hidden=rf"\{{[^{{}}]*\}}|{DASH}"),
    re.compile(r"\\[Nn]"),
    lambda text: text.translate({ord("{"): "(", ord("}"): ")", ord("\n"): " ", ord("\r"): " "}),
)
_DEFAULT_COMMAS = 9
"""Commas before the text, if no line says what the fields are."""


def read_ass(name: str, content: bytes) -> PatchedText:
    """Read the subtitles `name`. Only dialogues are translated: not comments, drawings and karaoke.

    Styles, times, names and codes stay.
    """
    source = decoded(name, content)
    if "[script info]" not in source.text[:4096].lower():
        raise DocumentError(f"{name} has no [Script Info]: send SubStation Alpha subtitles")
    patches: list[Patch] = []
    commas = _DEFAULT_COMMAS
    is_events = False
    for start, end in lines_of(source.text):
        line = source.text[start:end].rstrip()
        section = _SECTION.match(line)
        fields = _FIELDS.match(line)
        if section:
            is_events = section[1].strip().lower() == "events"
        elif is_events and fields and fields[1].lower() == "format":
            commas = line.count(",")
        elif is_events and fields and not any(_DRAWING.search(codes) for codes in _CODES.findall(line)):
            before = re.match(rf"(?:[^,]*,){{{min(commas, 99)}}}[ \t]*", line)
            if before:
                patches += _STYLE.patches(line[before.end() :], start + before.end())
    return PatchedText(source, patches)
