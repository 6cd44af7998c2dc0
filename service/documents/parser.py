"""Open and write documents in dedicated threads. This can take seconds and would block the shared threads."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from nmt.documents import Document, open_document
from nmt.errors import Overloaded

_THREADS = 2
_MOST_WAITING = 8


class Parser:
    """Opens and writes a few documents at a time."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, "documents")
        self._waiting = 0

    async def open_uploaded(self, name: str, content: bytes, column: str | None, target: str) -> Document:
        """Open an uploaded document. Raises DocumentError, and Overloaded if there are too many uploads."""
        if self._waiting >= _MOST_WAITING:
            raise Overloaded(f"{self._waiting} documents are already being read: send yours again in a moment")
        self._waiting += 1
        try:
            return await self.open(name, content, column, target)
        finally:
            self._waiting -= 1

    async def open(self, name: str, content: bytes, column: str | None, target: str) -> Document:
        """Open the document in a file. Raises DocumentError."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, lambda: open_document(name, content, column=column, target=target)
        )

    async def write(self, document: Document, texts: Sequence[str]) -> bytes:
        """Return the file with its texts replaced by `texts`."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, document.with_texts, texts)

    def close(self) -> None:
        """Cancel queued work without waiting for work in progress."""
        self._threads.shutdown(wait=False, cancel_futures=True)
