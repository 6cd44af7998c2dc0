"""The lines of a text, and a text broken into a given number of lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def lines_of(text: str, position: int = 0) -> list[tuple[int, int]]:
    """Where each line of `text` starts from `position` on, and where it ends with its line break."""
    return [match.span() for match in _LINE.finditer(text, position)]


def broken(words: Sequence[str], count: int, may_begin: Callable[[str], bool] = bool) -> list[str]:
    """`words` in at most `count` lines that are about equally long, only words that `may_begin` a line at its start."""
    shortest, longest = 1, sum(map(len, words)) + len(words)
    while shortest < longest:
        width = (shortest + longest) // 2
        if len(_filled(words, width, may_begin)) <= count:
            longest = width
        else:
            shortest = width + 1
    return _filled(words, longest, may_begin)


def _filled(words: Sequence[str], width: int, may_begin: Callable[[str], bool]) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and (len(lines[-1]) + 1 + len(word) <= width or not may_begin(word)):
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
