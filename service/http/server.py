"""The HTTP server: it drains when told to stop, and waits for no client that takes its time to ask."""

from __future__ import annotations

import asyncio
import math
import time
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.http.errors import problem
from service.http.request_log import LOGGING
from service.settings import Settings

_ALWAYS_ANSWERED = {"/health", "/metrics"}
"""Paths that say how the process is, also while it stops."""


_GRACE_SECONDS = 5
"""After a request's time is over, for its answer to leave."""
_KEEP_ALIVE_SECONDS = 75
"""Longer than clients and proxies keep a connection they do not use: whoever closes it, it should be them. Otherwise
a request meets the closing, and its client sees a broken connection."""


class Drain:
    """Whether the service is stopping, and how many requests it still works on."""

    def __init__(self) -> None:
        self.has_begun = False
        self.in_flight = 0


class DrainGate:
    """ASGI middleware that counts requests, and answers 503 to those that come when the drain has begun."""

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self._app = app
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless the service is stopping."""
        if scope["type"] != "http" or scope["path"] in _ALWAYS_ANSWERED:
            await self._app(scope, receive, send)
            return
        if self._drain.has_begun:
            message = "the service is stopping: send the request again, to the one that takes its place"
            await problem(scope["path"], 503, message, {"Connection": "close"})(scope, receive, send)
            return
        self._drain.in_flight += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._drain.in_flight -= 1


class DrainingServer(uvicorn.Server):
    """A server that on SIGTERM or SIGINT finishes what it has begun and refuses what is new, then ends with status 0.

    uvicorn alone would close its port at once and end by the signal. A second signal stops without waiting.
    """

    def __init__(self, config: uvicorn.Config, drain: Drain) -> None:
        super().__init__(config)
        self._drain = drain
        self._drain_end = 0.0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Start the drain; stop it on a second signal."""
        self.should_exit = self.force_exit = self._drain.has_begun
        self._drain.has_begun = True
        self._drain_end = time.monotonic() + (self.config.timeout_graceful_shutdown or 0.0)

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second; true ends the server."""
        if self._drain.has_begun and (not self._drain.in_flight or time.monotonic() > self._drain_end):
            self.should_exit = True
        return await super().on_tick(counter)


class PromptProtocol(HttpToolsProtocol):
    """HTTP/1.1 for clients that send a request's headers within `seconds`; connections of others are closed.

    Otherwise a client that sends a byte a minute (slow loris) would hold a connection for as long as it likes.
    """

    seconds = 20.0
    _timer: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Give a new connection its time."""
        super().connection_made(transport)
        self._expect_headers()

    def on_message_begin(self) -> None:
        """Give the next request its time."""
        super().on_message_begin()
        if self._timer is None:
            self._expect_headers()

    def on_headers_complete(self) -> None:
        """Cancel the timeout: the headers arrived in time."""
        self._expect_nothing()
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """Give a client that stops reading `seconds` to resume."""
        super().pause_writing()
        self._stall = self.loop.call_later(self.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Cancel the timeout: the client reads again."""
        self._read_on()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timeout of the lost connection."""
        self._expect_nothing()
        self._read_on()
        super().connection_lost(exc)

    def _expect_headers(self) -> None:
        self._timer = self.loop.call_later(self.seconds, self.transport.abort)

    def _expect_nothing(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _read_on(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None


def server_config(app: Any, settings: Settings, log_config: dict[str, Any] | None = LOGGING) -> uvicorn.Config:
    """How uvicorn runs `app`; without `log_config`, logging stays as it is."""
    protocol = type("_Protocol", (PromptProtocol,), {"seconds": settings.read_seconds})
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=protocol,
        ws="none",
        log_config=log_config,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=math.ceil(settings.timeout_seconds) + _GRACE_SECONDS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        limit_concurrency=settings.max_connections,
        # X-Forwarded-For is whatever a client likes to write, unless a proxy of ours wrote it.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
