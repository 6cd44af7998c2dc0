"""Word alignment of a sentence and its translation: converts attention between subwords to links between words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from nmt.runtime import Alignment
from nmt.text.protected.parts import WIDE
from nmt.text.protected.spans import Span, protected_spans

Weights = NDArray[np.float64]

_WORDS = re.compile(rf"[{WIDE}]|[^\W{WIDE}]+(?:['\u2019][^\W{WIDE}]+)*|[^\w\s]")
_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_LEAST_SHARE = 0.3
"""Minimum total attention to a source subword when its weights are normalised. Less attention does not raise them
more."""


@dataclass(frozen=True, slots=True)
class Links:
    """The share of each translated word that comes from each source word."""

    source: list[Span]
    """Spans of the S words and punctuation marks of the source."""
    target: list[Span]
    """Spans of the T words and punctuation marks of the translation."""
    weights: Weights
    """Shape (T, S). Each row sums to at most 1."""


def words(text: str) -> list[Span]:
    """Return the words and punctuation marks of `text`. In scripts without spaces between words, each character
    counts."""
    found: list[Span] = []
    start = 0
    for part in [*protected_spans(text), None]:
        end = part.start if part else len(text)
        found += [Span(*match.span()) for match in _WORDS.finditer(text, start, end)]
        if part:
            found.append(part)
            start = part.end
    return found


def linked(source: str, target: str, shown: str, written: str, alignment: Alignment) -> Links | None:
    """Return the links between `source` and its translation `target`, which the model saw as `shown` and wrote as
    `written`.

    In `shown` and `written`, words may have another case and numbers may replace some of them. Returns None if the
    subwords of `alignment` are not those of `shown` and `written`.
    """
    source_subwords = _subwords(alignment.source, shown.strip())
    target_subwords = _subwords(alignment.target, written.strip())
    if source_subwords is None or target_subwords is None:
        return None
    shown_words, written_words = words(shown.strip()), words(written.strip())
    source_words = shown_words if source == shown else words(source)
    target_words = written_words if target == written else words(target)
    weights = _symmetric(alignment.weights)[: len(target_subwords), : len(source_subwords)]
    weights = _shares(_overlaps(written_words, target_subwords)) @ weights
    weights = weights @ _shares(_overlaps(source_subwords, shown_words))
    if source != shown:
        weights = weights @ _shares(_counterparts(_cut(shown.strip(), shown_words), _cut(source, source_words)))
    if target != written:
        weights = _shares(_counterparts(_cut(target, target_words), _cut(written.strip(), written_words))) @ weights
    return Links(source_words, target_words, weights)


def _symmetric(weights: NDArray[np.float32]) -> Weights:
    """Increase `weights` (T, S) where the source subword is attended to from few places. Rows sum to 1.

    An article that only fills a gap and attends to another article then counts less than the word that means it.
    """
    rows = weights.astype(np.float64)
    shares = rows / np.maximum(rows.sum(axis=0), _LEAST_SHARE)
    both = np.sqrt(rows * shares)
    return np.asarray(both / np.maximum(both.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny))


def _subwords(pieces: Sequence[str], text: str) -> list[Span] | None:
    """Return the spans in `text` of its subwords `pieces`, without <END>. None if they belong to another text."""
    spans: list[Span] = []
    read = ""
    for piece in pieces[:-1] if pieces and pieces[-1] == "<END>" else pieces:
        start = len(read)
        if byte := _BYTE.fullmatch(piece):
            value = int(byte[1], 16)
            if value & 0xC0 != 0x80:  # the first byte of a character stands for all
                character = text[start - 1 : start]
                if character.encode()[:1] != bytes([value]):
                    return None
                read += character
        else:
            read += piece.replace("\u2581", " ")
        spans.append(Span(max(0, start - 1), len(read) - 1))  # a leading space precedes the first word but not the text
    return spans if read == f" {text}" else None


def _overlaps(one: Sequence[Span], other: Sequence[Span]) -> Weights:
    """Return (A, B): the number of characters that each span of `one` shares with each of `other`."""
    starts = np.maximum.outer([span.start for span in one], [span.start for span in other])  # (A, B)
    ends = np.minimum.outer([span.end for span in one], [span.end for span in other])  # (A, B)
    return np.asarray(np.maximum(ends - starts, 0), dtype=np.float64)


def _shares(weights: Weights) -> Weights:
    """Return `weights` with each row normalised to sum to 1, or empty."""
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1.0))


def _cut(text: str, spans: Sequence[Span]) -> list[str]:
    """Return the words of `text` in lower case."""
    return [text[span.start : span.end].casefold() for span in spans]


def _counterparts(one: Sequence[str], other: Sequence[str]) -> Weights:
    """Return (A, B): 1 for each word of `one` and the word of `other` that takes its place."""
    found = np.zeros((len(one), len(other)))
    for tag, start, end, first, last in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        is_by_word = tag == "equal" or end - start == last - first
        found[start:end, first:last] = np.eye(end - start) if is_by_word else 1.0
    return found
