"""gzip and Zstandard. A compressed file is made of compressed pieces, one after another, as both allow."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import BinaryIO, cast

from nmt.errors import BulkError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_BUFFER = 1 << 16


class Compression(StrEnum):
    """How a file is compressed, by the end of its name."""

    NONE = ""
    GZIP = ".gz"
    ZSTANDARD = ".zst"

    @classmethod
    def of(cls, name: str) -> Compression:
        """Return the compression that `name` promises."""
        return next((each for each in (cls.GZIP, cls.ZSTANDARD) if name.endswith(each)), cls.NONE)

    def compressed(self, content: bytes) -> bytes:
        """Compress a piece. The same bytes give the same bytes."""
        if self is Compression.GZIP:
            return gzip.compress(content, mtime=0)
        return zstd.compress(content) if self is Compression.ZSTANDARD else content

    @contextmanager
    def unpacked(self, packed: BinaryIO) -> Iterator[BinaryIO]:
        """Open the content of a file. Raises BulkError, during reading too, if it is not compressed so, or cut."""
        try:
            if self is Compression.NONE:
                yield packed
                return
            stream = gzip.GzipFile(fileobj=packed) if self is Compression.GZIP else zstd.ZstdFile(packed)
            # Buffer again: GzipFile reads lines in Python, BufferedReader does not.
            with io.BufferedReader(cast(io.RawIOBase, stream), _BUFFER) as buffered:
                yield buffered
        except (gzip.BadGzipFile, EOFError, zlib.error, zstd.ZstdError) as error:
            raise BulkError(f"is no whole {self.name.lower()} file ({error}): copy it again") from error
