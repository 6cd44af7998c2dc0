"""Reject request bodies that are too large, take too long or are compressed.

A body whose Content-Length is too large is rejected before it is read.
"""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.dialect import dialect_of
from service.http.errors import problem
from service.settings import Settings

_PICTURES = "/caption"
_FORM_BYTES = 16384
"""Allowance for the form fields besides the file."""


class BodyLimit:
    """ASGI middleware that answers 413 to a body larger than the settings allow, 408 to one that takes too long, and
    415 to a compressed one."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._seconds = settings.read_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward the request and count the bytes of its body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        encoding = dict(scope["headers"]).get(b"content-encoding", b"identity").decode("latin-1").strip()
        if encoding.lower() not in ("", "identity"):
            unread = (
                f"the body is encoded as {encoding!r}, which is not read: send it as it is, without Content-Encoding"
            )
            await problem(scope, 415, unread)(scope, receive, send)
            return
        files = {
            dialect_of(scope).upload_path: self._settings.max_document_bytes,
            _PICTURES: self._settings.max_picture_bytes,
        }
        is_file = scope["path"] in files
        max_bytes = files[scope["path"]] + _FORM_BYTES if is_file else self._settings.max_body_bytes
        too_large = f"the body exceeds {max_bytes} bytes: send {'a smaller file' if is_file else 'several requests'}"
        declared = dict(scope["headers"]).get(b"content-length", b"0")
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
            received += len(message.get("body", b""))
            if received > max_bytes:
                raise HTTPException(413, too_large)
            return message

        await self._app(scope, limited, send)
