"""Translate a piece: the same on a worker, in an estimate, and wherever it is tried again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from nmt.bulk.answering import LineTranslator
from nmt.bulk.formats import Answer, Fault, Piece, StoredFormat
from nmt.bulk.pair_counts import NO_PAIRS, PairCounts


@dataclass(frozen=True, slots=True)
class TranslatedPiece:
    """A piece as it is written."""

    content: bytes
    faults: tuple[Fault, ...]
    words: int
    """Words of the texts that were read, between white space."""
    pairs: PairCounts = NO_PAIRS
    """Those in `content`, and those that were left out."""


class PieceMaker(Protocol):
    """What a worker does with a piece."""

    def translate(self, piece: Piece, stored: StoredFormat, skipped: Collection[int] = ()) -> TranslatedPiece:
        """Return `piece` as it is written. Lines that have as many lines before them in the piece as a number in
        `skipped` are not translated."""


@dataclass(frozen=True, slots=True)
class PieceTranslator:
    """Puts the translation of each line in its place."""

    lines: LineTranslator

    def translate(self, piece: Piece, stored: StoredFormat, skipped: Collection[int] = ()) -> TranslatedPiece:
        """Translate `piece`. Lines that cannot be translated, or are `skipped`, are faults, with an empty text."""
        opened = stored.format.opened(piece)
        answers, faults = self.lines.read(opened, skipped)
        content = stored.compression.compressed(opened.written([each or Answer("") for each in answers]))
        return TranslatedPiece(content, tuple(faults), word_count(opened.texts))


def word_count(texts: Collection[str]) -> int:
    """Return the number of words of `texts`, between white space."""
    return sum(len(text.split()) for text in texts)
