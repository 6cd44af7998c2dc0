"""A piece of a file, the texts in it, and what a format has to do with them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

LARGEST_PIECE = 1 << 22
"""Bytes after which a piece ends, however few lines it has: what is in memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of a file, or rows of a table, in order."""

    index: int
    """Number of pieces before it in the file."""
    first_line: int
    """Number of its first line in the file, from 1."""
    lines: int
    content: bytes
    header: bytes = b""
    """The line that names the columns, if the file has one. The first piece also begins with it."""

    @property
    def digest(self) -> str:
        """SHA-256 of its lines, in hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a text."""

    text: str
    score: float | None = None
    """Mean log probability of a subword, in nats. None if the model was not asked."""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that could not be translated."""

    line: int
    """Number of lines before it in its piece."""
    reason: str
    text: str
    """The line, or its text; bytes that are not UTF-8 as `\\xNN`."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The texts of a piece, and how to write it again."""

    texts: list[str]
    lines: list[int]
    """For each text, the number of lines before it in the piece."""
    faults: list[Fault]
    """Lines in which no text was found. They are written as they stood, or empty where a line is nothing but text."""
    written: Callable[[Sequence[Answer]], bytes]
    """Returns the piece with one answer for each text."""


class Format(Protocol):
    """How lines hold texts."""

    def pieces(self, stream: BinaryIO, most_lines: int) -> Iterator[Piece]:
        """Cut a file into pieces of at most `most_lines` lines. The same file gives the same pieces. Raises
        BulkError."""

    def opened(self, piece: Piece) -> Opened:
        """Read the texts of a piece."""

    def join(self, parts: Iterator[bytes], target: BinaryIO) -> None:
        """Write a file from its pieces."""
