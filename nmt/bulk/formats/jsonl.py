"""A JSON object a line. Only the strings that are translated are written anew; all other bytes stay."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from nmt.bulk.formats.lines import Line, concatenate, cut, read_lines
from nmt.bulk.formats.piece import Answer, Fault, Opened, Piece
from nmt.documents.localization.json_source import Json, JsonSource
from nmt.errors import DocumentError


@dataclass(frozen=True, slots=True)
class _Object:
    """A line and the places of its texts, in the order of the columns. A place without a string is None."""

    source: JsonSource
    places: list[Json | None]


@dataclass(frozen=True, slots=True)
class JsonlFormat:
    """Members of an object. A name may lead into nested objects: `translation.en`."""

    columns: tuple[str, ...]
    scores: bool = False
    """Whether an object gets two more members for each of `columns`: its score and its marks."""

    def pieces(self, stream: BinaryIO, most_lines: int) -> Iterator[Piece]:
        """Cut a file."""
        return cut(stream, most_lines)

    def opened(self, piece: Piece) -> Opened:
        """Read the texts of a piece. A line that is no object, or has not all columns, is written as it stood. So is
        an empty line, and a member that is null."""
        lines = list(read_lines(piece.content))
        objects: dict[int, _Object] = {}
        faults: list[Fault] = []
        for number, line in enumerate(lines):
            if line.text is None:
                faults.append(line.fault(number, "not UTF-8"))
            elif line.text.strip():
                try:
                    objects[number] = self._read(line.text)
                except DocumentError as error:
                    faults.append(line.fault(number, str(error)))
        found = [
            (number, place.text)
            for number, each in objects.items()
            for place in each.places
            if place is not None and place.text is not None
        ]

        def written(answers: Sequence[Answer]) -> bytes:
            following = iter(answers)
            return b"".join(self._line(line, objects.get(number), following) for number, line in enumerate(lines))

        return Opened([text for _, text in found], [number for number, _ in found], faults, written)

    def join(self, parts: Iterator[bytes], target: BinaryIO) -> None:
        """Write a file from its pieces."""
        concatenate(parts, target)

    def _read(self, text: str) -> _Object:
        source = JsonSource("the line", text.encode())
        if not source.root.is_object:
            raise DocumentError("the line is no JSON object")
        return _Object(source, [self._place(source, column) for column in self.columns])

    def _place(self, source: JsonSource, column: str) -> Json | None:
        value = source.root.get(column) or source.root.get(*column.split("."))
        if value is None:
            raise DocumentError(f"the object has no {column!r}")
        if value.text is None and source.source.text[value.start : value.end] != "null":
            raise DocumentError(f"{column!r} is no string")
        return value if value.text is not None else None

    def _line(self, line: Line, read: _Object | None, answers: Iterator[Answer]) -> bytes:
        if read is None:
            return line.raw + line.end
        text = read.source.source.text
        given = [Answer("") if place is None else next(answers) for place in read.places]
        edits = [
            (place.start, place.end, read.source.written(answer.text))
            for place, answer in zip(read.places, given, strict=True)
            if place is not None
        ]
        if self.scores:
            end = read.source.root.end - 1
            edits.append((end, end, "".join(map(_members, self.columns, given))))
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        return line.before + text.encode() + line.end


def _members(column: str, answer: Answer) -> str:
    score = None if answer.score is None else round(answer.score, 4)
    return f", {json.dumps(column + '_score')}: {json.dumps(score)}, {json.dumps(column + '_marks')}: " + json.dumps(
        list(answer.marks)
    )
