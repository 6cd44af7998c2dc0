"""Files of lines: cut at line feeds and nowhere else, with the line ends that they had."""

from __future__ import annotations

import codecs
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from nmt.bulk.formats.piece import LARGEST_PIECE, Fault, Piece
from nmt.errors import BulkError


@dataclass(frozen=True, slots=True)
class Line:
    """A line, parted from its end."""

    text: str | None
    """None if its bytes are not UTF-8."""
    before: bytes
    """The byte order mark, if there is one."""
    raw: bytes
    end: bytes
    """LF, CR LF, or nothing at the end of a file."""

    def fault(self, number: int, reason: str) -> Fault:
        """Return the fault of this line, which has `number` lines before it."""
        return Fault(number, reason, self.raw.decode(errors="backslashreplace"))


def cut(stream: BinaryIO, most_lines: int, header: bytes = b"") -> Iterator[Piece]:
    """Yield pieces of at most `most_lines` lines and about LARGEST_PIECE bytes. `header`, already read, is line 1."""
    lines: list[bytes] = [header] if header else []
    size, first, index = len(header), 1, 0
    while line := stream.readline(LARGEST_PIECE):
        if len(line) == LARGEST_PIECE and not line.endswith(b"\n"):
            raise BulkError(
                f"line {first + len(lines)} has more than {LARGEST_PIECE:,} bytes: it is no sentence; part it, or "
                f"leave the file out"
            )
        lines.append(line)
        size += len(line)
        if len(lines) >= most_lines or size >= LARGEST_PIECE:
            yield Piece(index, first, len(lines), b"".join(lines), header)
            first, index = first + len(lines), index + 1
            lines, size = [], 0
    if lines:
        yield Piece(index, first, len(lines), b"".join(lines), header)


def read_lines(content: bytes) -> Iterator[Line]:
    """Yield the lines of a piece."""
    for raw in BytesIO(content):
        body = raw.removesuffix(b"\n")
        body = body.removesuffix(b"\r") if body != raw else body
        before = codecs.BOM_UTF8 if body.startswith(codecs.BOM_UTF8) else b""
        try:
            text: str | None = body[len(before) :].decode()
        except UnicodeDecodeError:
            text = None
        yield Line(text, before, body, raw[len(body) :])


def concatenate(parts: Iterator[bytes], target: BinaryIO) -> None:
    """Write `parts` one after another."""
    for part in parts:
        shutil.copyfileobj(BytesIO(part), target)


def score_field(score: float | None) -> str:
    """Return `score` as a field of a line: four decimals, or empty."""
    return "" if score is None else f"{score:.4f}"
