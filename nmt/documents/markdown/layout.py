"""Lays out a translation in the lines of its source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nmt.documents.line_breaks import broken
from nmt.documents.markdown.nodes import KEPT_SPACE

_BLOCK_START = re.compile(
    r"\A(\d{0,9})([.)](?=\s|$)"
    r"|(?<!\d)(?:#{1,6}(?=\s|$)|[-+*](?=\s|$)|>|[-=]+\s*$|~{3}|`{3}|:(?=\s|:)|!!!|\?\?\?|===|\[!(?!\[)))"
)
"""Text that begins another block at the start of a line. The second group starts with the character to escape."""
_WORD = re.compile(r"[^ \t\n]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands in a file."""

    text: str
    """Text of the whole file."""
    lines: Sequence[tuple[int, int]]
    """Position in `text` of each line, without indentation and marks of lists and quotations."""

    @property
    def span(self) -> tuple[int, int]:
        """Return the start and the end in the file."""
        return self.lines[0][0], self.lines[-1][1]

    def joined(self, lines: Sequence[str]) -> str:
        """Return `lines` with the line breaks of the place, and what stands before each line of it."""
        return lines[0] + "".join(self._line_end(index) + line for index, line in enumerate(lines[1:]))

    def _line_end(self, index: int) -> str:
        """Return the line break after a line, with the prefix of the next line."""
        if len(self.lines) == 1:
            return "\n"
        last = min(index, len(self.lines) - 2)
        return self.text[self.lines[last][1] : self.lines[last + 1][0]].lstrip(" \t")


def laid_out_markdown(place: Place, content: str, translation: str) -> str:
    """Return a paragraph's `translation` in Markdown, broken into the same number of lines as its source, `content`."""
    counts, marks = _breaks(content)
    paragraphs = translation.split("\n")
    if len(paragraphs) != len(counts):
        counts, marks = [1] * len(paragraphs), ["  "] * (len(paragraphs) - 1)
    lines: list[str] = []
    for paragraph, count, mark in zip(paragraphs, counts, [*marks, ""], strict=True):
        words = _WORD.findall(paragraph)
        part = broken(words, count, may_begin=lambda word: not _BLOCK_START.match(word)) or [""]
        lines += [_BLOCK_START.sub(r"\1\\\2", part[0], count=1), *part[1:]]
        lines[-1] += mark
    return place.joined(lines).replace(KEPT_SPACE, " ")


def laid_out_html(place: Place, translation: str) -> str:
    """Return a `translation` in HTML, broken into lines as its source is."""
    lines = broken(_WORD.findall(translation), len(place.lines))
    return place.joined(lines).replace(KEPT_SPACE, " ")


def _breaks(content: str) -> tuple[list[int], list[str]]:
    """Return the number of lines before each hard line break and after the last, and how each break is marked."""
    counts, marks = [1], []
    for line in content.split("\n")[:-1]:
        if line.endswith(("  ", "\\")):
            counts.append(1)
            marks.append("\\" if line.endswith("\\") else line[len(line.rstrip(" ")) :])
        else:
            counts[-1] += 1
    return counts, marks
