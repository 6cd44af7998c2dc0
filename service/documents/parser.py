"""Documents opened and written in threads of their own: it can take seconds, and others need the common ones."""

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

    async def open_uploaded(self, name: str, content: bytes, column: str | None) -> Document:
        """The document in a file that somebody sends. Raises DocumentError, and Overloaded if many are sending."""
        if self._waiting >= _MOST_WAITING:
            raise Overloaded(f"{self._waiting} documents are being read: send yours again in a moment")
        self._waiting += 1
        try:
            return await self.open(name, content, column)
        finally:
            self._waiting -= 1

    async def open(self, name: str, content: bytes, column: str | None) -> Document:
        """The document in a file. Raises DocumentError."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: open_document(name, content, column=column))

    async def write(self, document: Document, texts: Sequence[str]) -> bytes:
        """The file with `texts` in place of its own."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, document.with_texts, texts)

    def close(self) -> None:
        """Begin nothing more; what is being read is left behind."""
        self._threads.shutdown(wait=False, cancel_futures=True)
