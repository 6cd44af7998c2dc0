"""Tab-separated columns, without quoting: named by the first line, or by number in files without such a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from nmt.bulk.formats.lines import Line, concatenate, cut, read_lines, score_field
from nmt.bulk.formats.piece import LARGEST_PIECE, Answer, Fault, Opened, Piece
from nmt.errors import BulkError


@dataclass(frozen=True, slots=True)
class TsvFormat:
    """Columns of a line. Others than `columns` pass through."""

    columns: tuple[str, ...]
    """Names, or numbers from 1."""
    scores: bool = False
    """Whether each line gets two more columns for each of `columns`: its score and its marks."""

    def pieces(self, stream: BinaryIO, most_lines: int) -> Iterator[Piece]:
        """Cut a file. Raises BulkError if its first line lacks a column."""
        header = b"" if self._are_numbers else stream.readline(LARGEST_PIECE)
        if header:
            self._places(header)
        return cut(stream, most_lines, header)

    def opened(self, piece: Piece) -> Opened:
        """Read the texts of a piece. A line with too few columns is written as it stood."""
        lines = list(read_lines(piece.content))
        first = 1 if piece.header and piece.index == 0 else 0
        places = self._places(piece.header)
        rows: dict[int, list[str]] = {}
        faults: list[Fault] = []
        for number, line in enumerate(lines[first:], start=first):
            cells = line.text.split("\t") if line.text is not None else []
            if line.text is None:
                faults.append(line.fault(number, "not UTF-8"))
            elif len(cells) <= max(places):
                faults.append(line.fault(number, f"has {len(cells)} columns, expected at least {max(places) + 1}"))
            else:
                rows[number] = cells

        def written(answers: Sequence[Answer]) -> bytes:
            following = iter(answers)
            return b"".join(
                self._line(line, rows.get(number), places, following, number < first)
                for number, line in enumerate(lines)
            )

        return Opened(
            [cells[place] for cells in rows.values() for place in places],
            [number for number in rows for _ in places],
            faults,
            written,
        )

    def join(self, parts: Iterator[bytes], target: BinaryIO) -> None:
        """Write a file from its pieces."""
        concatenate(parts, target)

    @property
    def _are_numbers(self) -> bool:
        return all(column.isdecimal() and int(column) > 0 for column in self.columns)

    def _places(self, header: bytes) -> list[int]:
        if self._are_numbers:
            return [int(column) - 1 for column in self.columns]
        names = header.decode("utf-8-sig", errors="replace").rstrip("\r\n").split("\t")
        for column in self.columns:
            if column not in names:
                raise BulkError(
                    f"line 1 names no column {column!r}, but {', '.join(map(repr, names))}: give one of them, or a "
                    f"number if the first line is no header"
                )
        return [names.index(column) for column in self.columns]

    def _line(
        self, line: Line, cells: list[str] | None, places: list[int], answers: Iterator[Answer], is_header: bool
    ) -> bytes:
        if is_header:
            more = [f"{column}_{kind}" for column in self.columns for kind in ("score", "marks")]
            return line.raw + "".join(f"\t{name}" for name in more if self.scores).encode() + line.end
        if cells is None:
            return line.raw + b"\t" * (2 * len(places) if self.scores else 0) + line.end
        fields, more = list(cells), []
        for place in places:
            answer = next(answers)
            fields[place] = answer.text.replace("\n", " ").replace("\t", " ")
            more += [score_field(answer.score), ",".join(answer.marks)]
        return line.before + "\t".join([*fields, *(more if self.scores else [])]).encode() + line.end
