"""The parts of a text that no translation may change: addresses, numbers, placeholders, code, tags, signs, emoji."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from nmt.text.protected.patterns import POSSIBLE, PROTECTED

_POSSIBLE = re.compile(POSSIBLE)
_JOINERS = {"\u200d", "\ufe0f", "\u20e3", *map(chr, range(0xE0020, 0xE0080))}
"""Zero-width joiner, emoji presentation selector, keycap and tags of flags, which belong to the preceding emoji."""


@dataclass(frozen=True, slots=True)
class Span:
    """The position of an unchanged part in a text."""

    start: int
    end: int
    group: str = field(default="", compare=False)
    """What it is, by the name of its group in the pattern. Empty for most."""


def protected_spans(text: str) -> list[Span]:
    """Return the protected parts of `text` in order, without overlaps. None extends over a line break."""
    if not _POSSIBLE.search(text):
        return []
    found: list[Span] = []
    start = 0
    for line in text.splitlines(keepends=True):
        found += (Span(start + span.start, start + span.end, span.group) for span in _in_line(line))
        start += len(line)
    return found


def _in_line(line: str) -> list[Span]:
    # `re` compiles it at first use, which takes longer than most sentences, and keeps it.
    matches = re.finditer(PROTECTED, line, re.VERBOSE)
    found = [Span(*match.span(), match.lastgroup or "") for match in matches]
    if line.isascii():
        return found
    covered = {position for span in found for position in range(span.start, span.end)}
    found += _emoji(line, covered)
    return sorted(found, key=lambda span: span.start)


def bare(text: str) -> tuple[int, int]:
    """Return where the words of `text` begin and end, inside surrounding white space, tags, emoji and control
    characters."""
    start, end = 0, len(text)
    spans = [span for span in protected_spans(text) if _is_beside_words(text[span.start])]
    for span in spans:
        if text[start : span.start].strip():
            break
        start = span.end
    for span in reversed(spans):
        if span.start < start or text[span.end : end].strip():
            break
        end = span.start
    core = text[start:end]
    if not core.strip():
        return len(text), len(text)
    return end - len(core.lstrip()), start + len(core.rstrip())


def _is_beside_words(first: str) -> bool:
    """Whether a protected part that begins with `first` is not part of the sentence beside it."""
    return first == "<" or unicodedata.category(first) in {"So", "Cc"}


def outside_spans(text: str) -> list[str]:
    """Return the parts of `text` between the protected parts. There is one more of them than of protected parts."""
    return split_at_spans(text)[::2]


def split_at_spans(text: str) -> list[str]:
    """Split `text` into alternating free and protected parts. Joined together, they give `text`."""
    parts: list[str] = []
    start = 0
    for span in protected_spans(text):
        parts += [text[start : span.start], text[span.start : span.end]]
        start = span.end
    return [*parts, text[start:]]


def without_spans(text: str) -> str:
    """Return `text` without its protected parts."""
    return "".join(split_at_spans(text)[::2])


def _emoji(text: str, covered: Set[int]) -> Iterator[Span]:
    """Yield runs of symbols that are not letters, with their joiners, outside the positions `covered`."""
    start: int | None = None
    for position, character in enumerate(text):
        category = unicodedata.category(character)
        belongs = position not in covered and (
            category == "So" or (start is not None and (character in _JOINERS or category == "Sk"))
        )
        if belongs and start is None:
            start = position
        elif not belongs and start is not None:
            yield Span(start, position)
            start = None
    if start is not None:
        yield Span(start, len(text))
