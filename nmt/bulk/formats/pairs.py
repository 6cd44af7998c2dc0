"""Sentence pairs for training, made of the texts of a file: TSV with a pair a line, whatever the file was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from nmt.bulk.formats.lines import concatenate
from nmt.bulk.formats.piece import Format, Opened, Piece


@dataclass(frozen=True, slots=True)
class PairsFormat:
    """Reads texts like `texts`. A piece may have fewer pairs than lines, or none."""

    texts: Format

    def pieces(self, stream: BinaryIO, most_lines: int) -> Iterator[Piece]:
        """Cut a file. Raises BulkError."""
        return self.texts.pieces(stream, most_lines)

    def opened(self, piece: Piece) -> Opened:
        """Read the texts of a piece."""
        return self.texts.opened(piece)

    def join(self, parts: Iterator[bytes], target: BinaryIO) -> None:
        """Write a file from its pieces, which are lines of pairs."""
        concatenate(parts, target)
