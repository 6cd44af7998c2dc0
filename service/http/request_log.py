"""Request ids, request log and request metrics. Texts are never logged."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.metrics import Metrics

HEADER = "X-Request-Id"
_LOG = logging.getLogger("service.requests")
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "{levelname}{name}{message}",
            "style": "{",
            "timestamp": "time",
            "rename_fields": {"levelname": "level", "name": "logger"},
        }
    },
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stdout"]},
}
"""One JSON line per event. uvicorn's access log is off because it would log query strings, and thus texts."""


class RequestLog:
    """ASGI middleware that uses the client's request id or creates one, and logs the outcome of each request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward the request, and add its id to the response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _ID.fullmatch(given) else uuid.uuid4().hex
        started = time.perf_counter()
        status = 500

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, answered)
        finally:
            seconds = time.perf_counter() - started
            path = _route(scope)
            self._metrics.answered(path, status, seconds)
            details = {"request_id": request_id, "method": scope["method"], "path": path, "status": status}
            _LOG.info("request", extra={**details, "milliseconds": round(1000.0 * seconds, 1)})


def _route(scope: Scope) -> str:
    """Return the path of the route. The path of the request could contain anything."""
    route = scope.get("route")
    return str(getattr(route, "path", "other"))
