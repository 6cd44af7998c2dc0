"""Open files as bytes and decompress them. Compression is detected by the first bytes, not by the name."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from nmt.corpus.corpus_spec import STANDARD_INPUT
from nmt.errors import CorpusError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_OPENERS: dict[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open,
    b"\xfd7zXZ\0": lzma.open,
    b"\x28\xb5\x2f\xfd": zstd.open,
    b"BZh": bz2.open,
}
"""Openers by magic bytes: gzip, xz, Zstandard, bzip2."""
_ARCHIVE = b"PK\x03\x04"
"""Magic bytes of zip archives, which include .docx, .xlsx and .ods."""
_BUFFER = 1 << 16
_LONGEST_MAGIC = max(map(len, _OPENERS))


@contextmanager
def open_unpacked(path: Path) -> Iterator[BinaryIO]:
    """Open `path`, or standard input for `-`, as decompressed bytes.

    Raises CorpusError on a missing file and, during reading, on a broken one.
    """
    try:
        with cast(io.BufferedReader, sys.stdin.buffer) if path == STANDARD_INPUT else path.open("rb") as packed:
            start = packed.peek(_LONGEST_MAGIC)
            if start.startswith(_ARCHIVE):
                raise CorpusError(
                    f"{path}: is an archive, or a document that is one (.docx, .xlsx, .ods): unpack it first and name "
                    f"the files in it, or save the table as CSV"
                )
            opener = next((opener for magic, opener in _OPENERS.items() if start.startswith(magic)), None)
            if opener is None:
                yield packed
                return
            # Buffer again: GzipFile splits lines in Python, BufferedReader does not.
            with io.BufferedReader(opener(packed, "rb"), _BUFFER) as stream:
                yield stream
    except (OSError, EOFError, lzma.LZMAError, zstd.ZstdError, zlib.error) as error:
        raise CorpusError(f"{path}: cannot be read ({error}); check the path and that the file is whole") from error
