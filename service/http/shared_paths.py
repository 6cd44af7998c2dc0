"""Paths that several dialects share: the fields of a request decide which of them it speaks."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.dialect import Dialect, set_dialect
from service.http.errors import problem
from service.http.inputs import names_of
from service.http.paths import path_of


class SharedPaths:
    """ASGI middleware that forwards a request to the dialect whose field it has, below the prefix of that dialect."""

    def __init__(self, app: ASGIApp, dialects: Sequence[Dialect]) -> None:
        self._app = app
        self._dialects = [dialect for dialect in dialects if dialect.shared_path]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward the request, with its body as it was."""
        sharing = [each for each in self._dialects if scope["type"] == "http" and path_of(scope) == each.shared_path]
        if not sharing:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            body = await request.body()
        except HTTPException as error:  # of the body's limits; outside the routes nobody else answers it
            await problem(scope, error.status_code, error.detail)(scope, receive, send)
            return
        written = scope["query_string"] + body
        likely = [each for each in sharing if (each.told_by or "").encode() in written]  # seldom any, and quickly found
        names = await names_of(request) if likely else set()
        dialect = next((each for each in likely if each.told_by in names), None)
        if dialect is not None:
            # In place, so that error handlers see it too.
            scope["path"] = f"{scope.get('root_path', '')}{dialect.prefix}{path_of(scope)}"
            set_dialect(scope, dialect)
        await self._app(scope, _again(body, receive), send)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a channel that has `body`, which was read from `receive`, and then what follows there."""
    is_first = True

    async def replayed() -> Message:
        nonlocal is_first
        if is_first:
            is_first = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replayed
