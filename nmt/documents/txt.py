"""Plain text: one fragment per paragraph."""

from __future__ import annotations

from itertools import groupby

from nmt.documents.document import Fragment, has_letters
from nmt.documents.encoding import decoded
from nmt.documents.line_breaks import lines_of
from nmt.documents.patches import Patch, PatchedText


def read_txt(name: str, content: bytes) -> PatchedText:
    """Read the text file `name`. The separators between its paragraphs stay unchanged."""
    source = decoded(name, content)
    patches: list[Patch] = []
    for is_blank, group in groupby(lines_of(source.text), lambda line: not source.text[slice(*line)].strip()):
        lines = list(group)
        paragraph = source.text[lines[0][0] : lines[-1][1]].rstrip("\r\n")
        if not is_blank and has_letters(paragraph):
            patches.append(Patch(lines[0][0], lines[0][0] + len(paragraph), Fragment(paragraph), str))
    return PatchedText(source, patches)
