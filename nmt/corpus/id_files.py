"""Memory-mapped files of sentence-pair ids. They take 4 bytes per subword and 16 per pair on disk."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

IdArrays = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]
"""Source ids, source row ends, target ids, target row ends."""

_PARTS = ("source-ids", "source-ends", "target-ids", "target-ends")
_ROWS = 1024
"""Pairs per write."""


class IdWriter:
    """Writes pairs, added one by one, as four arrays to `NAME.source-ids` and so on."""

    def __init__(self, directory: Path, name: str) -> None:
        self._files = [_path(directory, name, part) for part in _PARTS]
        self._buffers = [array("i"), array("q"), array("i"), array("q")]
        self._source_end = self._target_end = 0

    def __enter__(self) -> Self:
        self._open = ExitStack()
        self._streams = [self._open.enter_context(path.open("wb")) for path in self._files]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._open:
            self._flush()

    def add(self, source: Sequence[int], target: Sequence[int]) -> None:
        """Write the ids of one more pair."""
        sources, source_ends, targets, target_ends = self._buffers
        self._source_end += len(source)
        self._target_end += len(target)
        sources.extend(source)
        targets.extend(target)
        source_ends.append(self._source_end)
        target_ends.append(self._target_end)
        if len(source_ends) == _ROWS:
            self._flush()

    def _flush(self) -> None:
        for stream, buffer in zip(self._streams, self._buffers, strict=True):
            buffer.tofile(stream)
            del buffer[:]


def map_ids(directory: Path, name: str) -> IdArrays:
    """Map the arrays written by an IdWriter. The kernel may keep or drop their pages."""
    source, source_ends, target, target_ends = (_path(directory, name, part) for part in _PARTS)
    return _map(source, np.int32), _map(source_ends, np.int64), _map(target, np.int32), _map(target_ends, np.int64)


def _path(directory: Path, name: str, part: str) -> Path:
    return directory / f"{name}.{part}"


def _map(path: Path, kind: type[Any]) -> NDArray[Any]:
    # An empty file cannot be mapped. The result is a plain array, because slicing rows of a memmap takes several times
    # as long.
    return np.asarray(np.memmap(path, dtype=kind, mode="r")) if path.stat().st_size else np.empty(0, dtype=kind)
