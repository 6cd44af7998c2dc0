"""The lines of a text, and a text broken into a given number of lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def lines_of(text: str, position: int = 0) -> list[tuple[int, int]]:
    """Where each line of `text` starts from `position` on, and where it ends with its line break."""
    return [match.span() for match in _LINE.finditer(text, position)]


def broken(
    words: Sequence[str],
    count: int,
    *,
    length: Callable[[str], int] = len,
    may_begin: Callable[[str], bool] = bool,
) -> list[str]:
    """`words` in at most `count` lines that are about equally long.

    `length` is what a word takes of a line; only words that `may_begin` a line stand at the start of any but the first.
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
    """Lines of no more than `width`, if words allow; each word comes with its length and whether it may begin one."""
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
