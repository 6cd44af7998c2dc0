"""The HTTP server. It drains before it stops, and disconnects slow clients."""

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
from service.http.paths import path_of
from service.http.request_log import LOGGING
from service.settings import Settings

_ALWAYS_ANSWERED = {"/health", "/metrics"}
"""Monitoring paths, which are served during the drain too."""


_GRACE_SECONDS = 5
"""Time to send the response after a request has timed out."""
_KEEP_ALIVE_SECONDS = 75
"""Longer than clients and proxies keep an idle connection, so that they close it first. If the server closed it, a
request sent at that moment would fail."""


class Drain:
    """Whether the service is stopping, and the number of requests in progress."""

    def __init__(self) -> None:
        self.has_begun = False
        self.in_flight = 0


class DrainGate:
    """ASGI middleware that counts requests in progress, and answers 503 to new ones during the drain."""

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self._app = app
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward the request unless the service is stopping."""
        if scope["type"] != "http" or path_of(scope) in _ALWAYS_ANSWERED:
            await self._app(scope, receive, send)
            return
        if self._drain.has_begun:
            message = "the service is stopping: send the request again, to the instance that replaces it"
            await problem(scope, 503, message, {"Connection": "close"})(scope, receive, send)
            return
        self._drain.in_flight += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._drain.in_flight -= 1


class DrainingServer(uvicorn.Server):
    """A server that on SIGTERM or SIGINT finishes requests in progress, refuses new ones, and exits with status 0.

    uvicorn alone would close its port at once and be terminated by the signal. A second signal stops the server
    without waiting.
    """

    def __init__(self, config: uvicorn.Config, drain: Drain) -> None:
        super().__init__(config)
        self._drain = drain
        self._drain_end = 0.0

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Start the drain. On a second signal, stop without waiting."""
        self.should_exit = self.force_exit = self._drain.has_begun
        self._drain.has_begun = True
        self._drain_end = time.monotonic() + (self.config.timeout_graceful_shutdown or 0.0)

    async def on_tick(self, counter: int) -> bool:
        """Return True to stop the server. uvicorn calls this ten times a second."""
        if self._drain.has_begun and (not self._drain.in_flight or time.monotonic() > self._drain_end):
            self.should_exit = True
        return await super().on_tick(counter)


class PromptProtocol(HttpToolsProtocol):
    """HTTP/1.1 protocol that closes a connection if the headers of a request take longer than `seconds`.

    Without this timeout, a client that sends one byte a minute (slow loris) could hold a connection indefinitely.
    """

    seconds = 20.0
    _timer: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # uvicorn's signature
        """Start the header timeout of a new connection."""
        super().connection_made(transport)
        self._expect_headers()

    def on_message_begin(self) -> None:
        """Start the header timeout of the next request."""
        super().on_message_begin()
        if self._timer is None:
            self._expect_headers()

    def on_headers_complete(self) -> None:
        """Cancel the header timeout: the headers arrived in time."""
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
        """Cancel the timeouts of the lost connection."""
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
    """Return the uvicorn configuration for `app`. With `log_config=None`, logging is left unchanged."""
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
        # A client can forge X-Forwarded-For, so it is trusted only from our own proxies.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
