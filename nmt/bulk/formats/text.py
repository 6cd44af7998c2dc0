"""Plain text: each line is a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from nmt.bulk.formats.lines import concatenate, cut, read_lines, score_field
from nmt.bulk.formats.piece import Answer, Opened, Piece

_NOT_UTF8 = "not UTF-8; convert the file, for example with iconv"


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A text a line."""

    scores: bool = False
    """Whether score and marks stand before each translation, with a tab after each: a text may hold tabs itself."""

    def pieces(self, stream: BinaryIO, most_lines: int) -> Iterator[Piece]:
        """Cut a file."""
        return cut(stream, most_lines)

    def opened(self, piece: Piece) -> Opened:
        """Read the texts of a piece. A line that is not UTF-8 is written empty."""
        lines = list(read_lines(piece.content))
        places = [number for number, line in enumerate(lines) if line.text is not None]
        faults = [line.fault(number, _NOT_UTF8) for number, line in enumerate(lines) if line.text is None]

        def written(answers: Sequence[Answer]) -> bytes:
            by_line = dict(zip(places, answers, strict=True))
            return b"".join(
                line.before + self._field(by_line.get(number, Answer(""))).encode() + line.end
                for number, line in enumerate(lines)
            )

        return Opened([line.text for line in lines if line.text is not None], places, faults, written)

    def join(self, parts: Iterator[bytes], target: BinaryIO) -> None:
        """Write a file from its pieces."""
        concatenate(parts, target)

    def _field(self, answer: Answer) -> str:
        text = answer.text.replace("\n", " ")
        return f"{score_field(answer.score)}\t{','.join(answer.marks)}\t{text}" if self.scores else text
