"""The files to translate: those of a directory, of a glob, or one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from nmt.bulk.formats import FormatOptions, Piece, StoredFormat, stored_format
from nmt.bulk.store import open_place
from nmt.errors import BulkError

_MAGIC = "*?["
_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to translate."""

    fs: Any
    """Its fsspec file system."""
    path: str
    name: str
    """Path below the directory that was named."""
    size: int
    """Bytes, as stored."""
    modified: str
    """When it was written, or its tag in an object store; whatever tells a new version without reading."""
    format: StoredFormat

    @property
    def output(self) -> str:
        """Path of what is made of it, below the output directory."""
        return self.format.named(self.name)

    def pieces(self, most_lines: int) -> Iterator[tuple[Piece, int]]:
        """Cut the file, and yield with each piece the bytes read so far. Raises BulkError, which names the file."""
        try:
            # Buffer again: files of object stores cannot read a line of limited length.
            with self.fs.open(self.path, "rb") as stored, io.BufferedReader(stored, _BUFFER) as stream:
                for piece in self.format.pieces(cast(BinaryIO, stream), most_lines):
                    yield piece, stored.tell()
        except BulkError as error:
            raise BulkError(f"{self.path}: {error}") from error


def find_inputs(url: str, options: FormatOptions) -> list[InputFile]:
    """Return the files at `url`, sorted by name. Hidden ones are left out. Raises BulkError if there are none, and
    ConfigError on a format that cannot be."""
    fs, path = open_place(url)
    if any(character in path for character in _MAGIC) and not fs.exists(path):
        base = _before_magic(path)
        found = fs.glob(path, detail=True)
    elif fs.isdir(path):
        base, found = path, fs.find(path, detail=True)
    elif fs.isfile(path):
        base, found = path.rpartition("/")[0], {path: fs.info(path)}
    else:
        raise BulkError(
            f"{url}: no file or directory here: name a file, a directory, or a quoted glob such as 'in/*.gz'"
        )
    names = {place.removeprefix(base).lstrip("/"): info for place, info in found.items() if info["type"] == "file"}
    visible = sorted(name for name in names if not any(part.startswith(".") for part in name.split("/")))
    if not visible:
        raise BulkError(f"{url}: holds no file to translate")
    return [
        InputFile(
            fs,
            f"{base}/{name}" if base else name,
            name,
            int(names[name]["size"]),
            _modified(names[name]),
            stored_format(name, options),
        )
        for name in visible
    ]


def _before_magic(path: str) -> str:
    """Return the directory in front of the first part of `path` that is a pattern."""
    parts = path.split("/")
    first = next(number for number, part in enumerate(parts) if any(character in part for character in _MAGIC))
    return "/".join(parts[:first])


def _modified(info: dict[str, Any]) -> str:
    known = (info.get(key) for key in ("ETag", "mtime", "LastModified", "created"))
    return str(next((value for value in known if value is not None), ""))
