"""A directory on this machine or in an object store, in which a file is there whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from nmt.errors import BulkError, DiskFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
PARTIAL = ".partial"
"""End of the name of a file that is being written, on a local disk."""


def open_place(url: str) -> tuple[Any, str]:
    """Return the fsspec file system of `url`, a path or a URL, and the path there. Raises BulkError."""
    try:
        fs, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise BulkError(f"{url}: {error}") from error
    return fs, str(path).rstrip("/")


class Store:
    """Files under a directory, by names with slashes."""

    def __init__(self, url: str) -> None:
        """Open the directory at `url`, which need not exist."""
        self.fs, self.root = open_place(url)
        self.local = Path(self.root) if isinstance(self.fs, LocalFileSystem) else None
        """The directory, if it is on this machine."""

    def place(self, name: str) -> str:
        """Return the path of the file `name` in its file system."""
        return f"{self.root}/{name}"

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """Write the file `name`. It appears when the block ends well. Raises DiskFull.

        For a store it is first written to the system's directory for temporary files.
        """
        if self.local is None:
            with self._writing_object(name) as stream:
                yield stream
            return
        path = self.local / name
        partial = path.with_name(f".{path.name}{PARTIAL}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(partial, path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            if error.errno in _FULL:
                raise DiskFull(
                    f"{path}: could not be written ({error.strerror}): make room and say the same command again: it "
                    f"goes on from what is saved"
                ) from error
            raise

    def write(self, name: str, content: bytes) -> None:
        """Write the file `name`. Raises DiskFull."""
        with self.writing(name) as stream:
            stream.write(content)

    def read(self, name: str) -> bytes | None:
        """Return the content of the file `name`, or None if there is none."""
        try:
            return bytes(self.fs.cat_file(self.place(name)))
        except FileNotFoundError:
            return None

    def size(self, name: str) -> int | None:
        """Return the size of the file `name` in bytes, or None if there is none."""
        self.fs.invalidate_cache()
        try:
            return int(self.fs.info(self.place(name))["size"])
        except FileNotFoundError:
            return None

    def names(self, directory: str) -> list[str]:
        """Return the names of the files in `directory`, which has no others below it, sorted. Files that are being
        written are not there."""
        self.fs.invalidate_cache()
        try:
            found = self.fs.ls(self.place(directory), detail=False)
        except FileNotFoundError:
            return []
        names = (str(place).rsplit("/", 1)[-1] for place in found)
        return sorted(name for name in names if not name.endswith(PARTIAL))

    def remove(self, directory: str) -> None:
        """Remove `directory` and all in it, if it is there."""
        if self.fs.exists(self.place(directory)):
            self.fs.rm(self.place(directory), recursive=True)

    @contextmanager
    def _writing_object(self, name: str) -> Iterator[BinaryIO]:
        # Whole before it is sent: most stores make an object of what was sent when an error closes its file.
        with tempfile.TemporaryDirectory(prefix="nmt-bulk-") as directory:
            whole = Path(directory) / "whole"
            with whole.open("wb") as stream:
                yield stream
            self.fs.put_file(str(whole), self.place(name))
