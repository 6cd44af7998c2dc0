"""Finds the lines of a text, and breaks a text into a given number of lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def lines_of(text: str, position: int = 0) -> list[tuple[int, int]]:
    """Return the start of each line of `text` from `position` on, and its end including the line break."""
    return [match.span() for match in _LINE.finditer(text, position)]


def broken(
    words: Sequence[str],
    count: int,
    *,
    length: Callable[[str], int] = len,
    may_begin: Callable[[str], bool] = bool,
) -> list[str]:
    """Break `words` into at most `count` lines of about equal length.

    `length` returns the width of a word in a line. Except on the first line, only words that `may_begin` a line stand
    at its start.
    """
    sized = [(word, length(word) + 1, may_begin(word)) for word in words]
    shortest, longest = 1, sum(size for _, size, _ in sized)
    while shortest < longest:
        width = (shortest + longest) // 2
        if len(_filled(sized, width)) <= count:
            longest = width
        else:
            shortest = width + 1
    return [" ".join(line) for line in _filled(sized, longest)]


def _filled(words: Sequence[tuple[str, int, bool]], width: int) -> list[list[str]]:
    """Fill lines up to `width`, if the words allow it. Each word comes with its length and whether it may begin a
    line."""
    lines: list[list[str]] = []
    used = 0
    for word, size, may_begin in words:
        if lines and (used + size <= width or not may_begin):
            lines[-1].append(word)
            used += size
        else:
            lines.append([word])
            used = size
    return lines
