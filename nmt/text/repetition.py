"""Loops: a decoder that says the same again and again."""

from __future__ import annotations

_LONGEST_PERIOD = 8
_LEAST_WORDS = 6
"""A loop of fewer words may be meant: `very very good`, `ha ha ha`."""


def without_loops(text: str) -> str | None:
    """`text` with one round of each loop; None if there is none.

    A loop is a run of up to 8 words that comes at least three times in a row and makes up at least 6 words. The last
    round may be cut short.
    """
    words = text.split(" ")
    kept: list[str] = []
    position, found = 0, False
    while position < len(words):
        period, length = _loop_at(words, position)
        kept += words[position : position + (period or 1)]
        position += length if period else 1
        found = found or period > 0
    return " ".join(kept) if found else None


def _loop_at(words: list[str], start: int) -> tuple[int, int]:
    """The period and the length, in words, of the loop that begins at `start`; zeros if none does."""
    for period in range(1, min(_LONGEST_PERIOD, (len(words) - start) // 2) + 1):
        end = start + period
        while end < len(words) and words[end] == words[end - period]:
            end += 1
        if end - start >= max(3 * period, _LEAST_WORDS):
            return period, end - start
    return 0, 0
