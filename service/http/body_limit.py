"""Decompress request bodies, and reject those that are too large or take too long.

A body whose Content-Length is too large is rejected before it is read. The limit is also for what it decompresses to.
"""

from __future__ import annotations

import asyncio
import zlib

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.dialect import dialect_of
from service.http.errors import problem
from service.http.paths import path_of
from service.settings import Settings

_PICTURES = "/caption"
_FORM_BYTES = 16384
"""Allowance for the form fields besides the file."""


_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
"""Window size that accepts either header."""


class BodyLimit:
    """ASGI middleware that answers 413 to a body larger than the settings allow, and 408 to one that takes too long.

    It decompresses bodies with the Content-Encoding gzip or deflate, and answers 415 to any other.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._seconds = settings.read_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward the request and count the bytes of its body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        files = {
            dialect_of(scope).upload_path: self._settings.max_document_bytes,
            _PICTURES: self._settings.max_picture_bytes,
        }
        path = path_of(scope)
        is_file = path in files
        max_bytes = files[path] + _FORM_BYTES if is_file else self._settings.max_body_bytes
        too_large = f"the body exceeds {max_bytes} bytes: send {'a smaller file' if is_file else 'several requests'}"
        headers = dict(scope["headers"])
        encoding = headers.get(b"content-encoding", b"identity").decode("latin-1").strip().lower()
        if encoding not in {"identity", "gzip", "x-gzip", "deflate"}:
            message = f"the body has the Content-Encoding {encoding}: send it plain, or as gzip or deflate"
            await problem(scope, 415, message)(scope, receive, send)
            return
        expand = None if encoding == "identity" else zlib.decompressobj(_GZIP_OR_ZLIB)
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > max_bytes:
            await problem(scope, 413, too_large)(scope, receive, send)
            return
        received, is_whole = 0, False
        deadline = asyncio.get_running_loop().time() + self._seconds

        async def limited() -> Message:  # the error handlers turn its exceptions into responses
            nonlocal received, is_whole
            try:
                async with asyncio.timeout_at(None if is_whole else deadline):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408, f"the body took more than {self._seconds:g} seconds: send it again") from error
            is_whole = not message.get("more_body", False)
            if expand is not None and message["type"] == "http.request":
                message = {**message, "body": _expanded(expand, message, max_bytes + 1 - received)}
            received += len(message.get("body", b""))
            if received > max_bytes:
                raise HTTPException(413, too_large)
            return message

        await self._app(scope, limited, send)


def _expanded(expand: zlib._Decompress, message: Message, most: int) -> bytes:
    """Return what a part of a compressed body expands to, `most` bytes of it at most. Raises HTTPException 400."""
    try:
        found = expand.decompress(message.get("body", b""), most)
    except zlib.error as error:
        raise HTTPException(400, f"the compressed body cannot be read: {error}: compress it again") from error
    is_cut = not message.get("more_body", False) and not expand.eof and len(found) < most
    if is_cut:
        raise HTTPException(400, "the compressed body ends too early: send all of it")
    return found
