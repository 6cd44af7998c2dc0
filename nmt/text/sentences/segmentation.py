"""Splits text into sentences, so that the text between them can be restored unchanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

import sentencex

from nmt.languages import base_code
from nmt.text.protected.spans import bare, protected_spans
from nmt.text.sentences.boundaries import corrected
from nmt.text.sentences.cells import cells

LONGEST = 40
"""Maximum number of subwords in a piece that is translated whole. Models of everyday sentences lose track beyond it."""

_MARKER = re.compile(
    r"(?:\s*(?:[-*+\u2022\u2023\u25e6\u2013\u2014]|\d{1,3}[.)]|[A-Za-z][.)]|\#{1,6}|>+|\[[ xX]\])(?=\s))*\s*"
)
"""What may precede the text of a line: bullets, numbers, heading and quotation marks, check boxes."""
_COMMAND = re.compile(r"\s*\$ (?=[a-z%./~])")
"""Begins a line that is a command for a shell."""
_MAY_END = re.compile(r"[.!?\u0370-\U0010ffff]")
"""What every line of several sentences has before its end: a mark, or a character of another script than Latin."""
_CLAUSE_END = re.compile(r"[,;:\u2013\u2014\u2026\u3001\uff0c\uff1b)\]](?=\s)\s*|\s[-\u2013\u2014]\s")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text that is translated separately."""

    before: str
    """Unchanged text before the piece."""
    core: str
    after: str
    """Unchanged text after the piece."""
    is_in_message: bool = False
    """Whether it is a branch of an ICU message, in which braces are syntax."""


def segments(text: str, language: str, subwords: Callable[[str], int]) -> list[Segment]:
    """Split `text` of `language` into sentences, and long sentences at clauses. Joined together, they give `text`.

    `subwords` counts the subwords of a piece.
    """
    found: list[Segment] = []
    for line in text.splitlines(keepends=True):
        if _COMMAND.match(line):
            found.append(Segment(line, "", ""))
            continue
        marker = _MARKER.match(line)
        start = marker.end() if marker else 0
        before = line[:start]
        for cell, gap in cells(line[start:]):
            for sentence in _whole_sentences(cell, language):
                for piece in _pieces(sentence, subwords):
                    begin, end = bare(piece)
                    found.append(Segment(before + piece[:begin], piece[begin:end], piece[end:]))
                    before = ""
            before += gap
        if before:
            found.append(Segment(before, "", ""))
    return found


def whole(text: str, subwords: Callable[[str], int]) -> list[Segment]:
    """Return `text` as one piece, or as several if it is too long. Joined together, they give `text`."""
    found = []
    for piece in _pieces(text, subwords):
        begin, end = bare(piece)
        found.append(Segment(piece[:begin], piece[begin:end], piece[end:]))
    return found


def sentences(line: str, language: str) -> list[str]:
    """Return the sentences of `line`, each with the white space after it. Joined together, they give `line`."""
    if not _MAY_END.search(line.rstrip().rstrip(".!?")):
        return [line] if line else []
    # sentencex 1.0 panics on a multi-byte space, as French has before its marks: it takes the space for one byte.
    spaced = re.sub(r"\s", " ", line)
    ends = list(accumulate(map(len, _segmented(base_code(language), spaced))))
    cuts = [0, *corrected(spaced, ends, language), len(line)]
    return [line[start:end] for start, end in pairwise(cuts) if start < end]


def _segmented(language: str, line: str) -> list[str]:
    try:
        found: list[str] = sentencex.segment(language, line)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # not an Exception, and its class cannot be imported
            raise
        return [line]
    return found


def _whole_sentences(line: str, language: str) -> Iterator[str]:
    """Yield the sentences of `line`. No protected part is split."""
    inside = _inside_spans(line)
    start = end = 0
    for sentence in sentences(line, language):
        end += len(sentence)
        if end not in inside:
            yield line[start:end]
            start = end
    if start < len(line):
        yield line[start:]


def _pieces(sentence: str, subwords: Callable[[str], int]) -> Iterator[str]:
    """Yield `sentence`. If it is too long, yield groups of clauses that fit, splitting a longer clause between
    words, or else beside protected parts, none of which is split."""
    if len(sentence) <= LONGEST or subwords(sentence) <= LONGEST:
        yield sentence
        return
    clauses = _cut(sentence, [match.end() for match in _CLAUSE_END.finditer(sentence)])
    if len(clauses) == 1:
        clauses = _cut(sentence, [match.end() for match in re.finditer(r"\s+", sentence)])
    if len(clauses) == 1:
        clauses = _cut(sentence, [end for span in protected_spans(sentence) for end in (span.start, span.end)])
    if len(clauses) == 1:
        step = len(sentence) if _inside_spans(sentence) else LONGEST
        yield from (sentence[start : start + step] for start in range(0, len(sentence), step))
        return
    together = ""
    for clause in clauses:
        if together and subwords(together + clause) > LONGEST:
            yield from _pieces(together, subwords)
            together = ""
        together += clause
    yield from _pieces(together, subwords)


def _cut(text: str, ends: list[int]) -> list[str]:
    """Split `text` at `ends`, except inside protected parts."""
    inside = _inside_spans(text)
    cuts = [0, *(end for end in ends if end not in inside and 0 < end < len(text)), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


def _inside_spans(text: str) -> set[int]:
    """Return the positions at which a cut would split a protected part."""
    return {cut for span in protected_spans(text) for cut in range(span.start + 1, span.end)}
