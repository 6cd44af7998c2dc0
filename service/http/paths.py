"""Paths and methods as clients write them: below a prefix, with double slashes, and HEAD for GET."""

from __future__ import annotations

import re

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_SLASHES = re.compile(r"//+")


def path_of(scope: Scope) -> str:
    """Return the path of a request without the service's prefix."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


class Paths:
    """ASGI middleware that reads several slashes as one, knows the service's prefix, and answers HEAD as GET.

    A base address that ends in a slash makes clients send `//translate`. The server sends no body in answer to HEAD.
    """

    def __init__(self, app: ASGIApp, prefix: str | None) -> None:
        """`prefix` is the path below which a proxy shows the service, such as /translator."""
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward the request with its path and method in their usual forms."""
        if scope["type"] == "http":
            scope["path"] = _SLASHES.sub("/", scope["path"])
            if self._prefix and scope["path"] == self._prefix:  # the pages' own addresses begin at the slash
                await RedirectResponse(f"{self._prefix}/")(scope, receive, send)
                return
            if self._prefix and scope["path"].startswith(f"{self._prefix}/"):
                scope["root_path"] = self._prefix
            if scope["method"] == "HEAD":  # in a copy: the server must know that it is to send no body
                scope = {**scope, "method": "GET"}
        await self._app(scope, receive, send)
