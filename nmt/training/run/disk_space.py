"""Atomic file writes, and an error for a full disk that says how much space is needed."""

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
"""Bytes searched at a time."""


@contextmanager
def reporting_full_disk(path: Path, needed: int | None = None, partial: Path | None = None) -> Iterator[None]:
    """Wrap code that writes `path`, of `needed` bytes if known, and raise DiskFull when the disk is full.

    Any error removes `partial`, the unfinished file or directory that is to become `path`.
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
    """Write `path` atomically. Raises DiskFull."""
    partial = path.with_name(f"{path.name}.partial")
    with reporting_full_disk(path, len(content), partial):
        partial.write_bytes(content)
    os.replace(partial, path)


class LineFile:
    """An append-only file of lines, in which no partial line survives, even if the process is killed."""

    def __init__(self, path: Path) -> None:
        """Open `path` for appending, and drop an unfinished line at its end."""
        self._path = path
        self._stream = path.open("a+b", buffering=0)
        self._end = self._whole_lines()
        self._stream.truncate(self._end)

    def add(self, line: str) -> None:
        """Append `line`, which must not contain a line feed. Raises DiskFull and leaves the file unchanged."""
        content = line.encode() + b"\n"
        try:
            with reporting_full_disk(self._path, len(content)):
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
        """Return the number of bytes up to and including the last line feed."""
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
        # safetensors raises this for every error; the error number is only in the message.
        found = re.search(r"os error (\d+)", str(error))
        return int(found[1]) if found else None
    return error.errno if isinstance(error, OSError) else None


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
