"""What the HTTP edge needs to know about a translation API: the shape of its errors, its statuses and upload paths."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from service.http.paths import path_of

_KEY = "dialect"


@dataclass(frozen=True, slots=True)
class Dialect:
    """A translation API, as its clients expect it beyond its routes and bodies."""

    prefix: str = ""
    """The start of its paths."""
    error_field: str = "error"
    """The field of an error response that holds the message."""
    missing_key_status: int = 400
    quota_status: int = 403
    """The status when the characters of the month are used up."""
    reports_usage: bool = False
    """Whether it has an endpoint for the usage of callers without a key, which must then be counted."""
    upload_path: str | None = None
    """The path that takes documents, whose bodies may be larger."""
    shared_path: str | None = None
    """A path of another dialect at which this one is spoken too. It answers there as below its prefix."""
    told_by: str | None = None
    """The field that a request to the shared path has in this dialect alone."""


_PLAIN = Dialect()


class DialectByPath:
    """ASGI middleware that finds the dialect of a request, by the longest prefix of its path."""

    def __init__(self, app: ASGIApp, dialects: Sequence[Dialect]) -> None:
        self._app = app
        self._dialects = sorted(dialects, key=lambda dialect: len(dialect.prefix), reverse=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward the request with its dialect."""
        if scope["type"] == "http":
            path = path_of(scope)
            found = next((each for each in self._dialects if f"{path}/".startswith(f"{each.prefix}/")), _PLAIN)
            set_dialect(scope, found)
        await self._app(scope, receive, send)


def set_dialect(scope: MutableMapping[str, Any], dialect: Dialect) -> None:
    """Set the dialect of a request."""
    scope[_KEY] = dialect


def dialect_of(scope: MutableMapping[str, Any]) -> Dialect:
    """Return the dialect of a request, or a plain one before the request has passed `DialectByPath`."""
    dialect: Dialect = scope.get(_KEY, _PLAIN)
    return dialect
