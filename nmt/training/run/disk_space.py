"""Room on the disk: what is written is whole or gone, and a full disk is an error that says how much is missing."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from nmt.errors import DiskFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_BLOCK = 1 << 16
"""Bytes looked through at a time."""


@contextmanager
def room_for(path: Path, needed: int | None = None, partial: Path | None = None) -> Iterator[None]:
    """Around what writes `path`, of `needed` bytes if that is known. Raises DiskFull.

    `partial`, the file or directory that is to become `path`, is removed when it is not finished.
    """
    try:
        yield
    except BaseException as error:
        if partial is not None:
            _remove(partial)
        number = _number(error)
        if number not in _FULL:
            raise
        raise DiskFull(_sentence(path, needed, os.strerror(number))) from error


def write_small_file(path: Path, content: bytes) -> None:
    """Write `path` whole or not at all. Raises DiskFull."""
    partial = path.with_name(f"{path.name}.partial")
    with room_for(path, len(content), partial):
        partial.write_bytes(content)
    os.replace(partial, path)


class LineFile:
    """A file that lines are added to, each whole or not at all, also by a process that is killed."""

    def __init__(self, path: Path) -> None:
        """Open `path` to add to it; a line that was left unfinished at its end is dropped."""
        self._path = path
        self._stream = path.open("a+b", buffering=0)
        self._end = self._whole_lines()
        self._stream.truncate(self._end)

    def add(self, line: str) -> None:
        """Write `line`, which has no line feed. Raises DiskFull, with the file as it was before."""
        content = line.encode() + b"\n"
        try:
            with room_for(self._path, len(content)):
                written = 0
                while written < len(content):
                    written += self._stream.write(content[written:])
        except DiskFull:
            self._stream.truncate(self._end)
            raise
        self._end += len(content)

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _whole_lines(self) -> int:
        """Bytes up to the last line feed."""
        end = self._stream.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - _BLOCK)
            self._stream.seek(start)
            found = self._stream.read(end - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            end = start
        return 0


def _sentence(path: Path, needed: int | None, reason: str) -> str:
    free = shutil.disk_usage(path.parent).free
    wanted = f"{needed:,} bytes are needed and " if needed is not None else ""
    return (
        f"{path}: could not be written ({reason}): {wanted}{free:,} bytes are free in {path.parent}. What was there "
        f"before is whole; make room and say the same command again: it goes on from what is saved"
    )


def _number(error: BaseException) -> int | None:
    if isinstance(error, SafetensorError):
        # Its own error for everything, with the number in its text.
        found = re.search(r"os error (\d+)", str(error))
        return int(found[1]) if found else None
    return error.errno if isinstance(error, OSError) else None


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
