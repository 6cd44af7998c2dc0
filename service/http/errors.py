"""Map every error to an HTTP status and a one-sentence message. No other module does so."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Scope

from nmt.errors import DeadlineExceeded, NmtError, Overloaded, RequestError
from service.http.dialect import dialect_of


class NotFound(NmtError):
    """The caller owns nothing with that id."""


STATUS: dict[type[NmtError], int] = {
    RequestError: 400,
    NotFound: 404,
    Overloaded: 429,
    DeadlineExceeded: 503,
}
"""Status of an error class or its nearest base class. Any other error is 500."""
_LOG = logging.getLogger("service.state")
_RETRY_AFTER = {429: "1", 503: "5"}
"""Retry-After header by status, in seconds."""


BROKEN_BODY = "There was an error parsing the body"
"""FastAPI's message, reused here, for a body that cannot be decoded for reasons other than a syntax error."""


class Refused(HTTPException):
    """A valid request that the service refuses. Its message is returned unchanged."""


def problem(scope: Scope, status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return the error response to the request of `scope`, in the format of its dialect."""
    retry = {"Retry-After": _RETRY_AFTER[status]} if status in _RETRY_AFTER else {}
    return JSONResponse({dialect_of(scope).error_field: message}, status, {**retry, **(headers or {})})


def install_error_handlers(app: FastAPI) -> None:
    """Install handlers that return every error of `app` as a `Problem`, or a `DeeplProblem` under /v2."""
    app.add_exception_handler(NmtError, _our_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(sqlite3.OperationalError, _busy)
    app.add_exception_handler(Exception, _unexpected)


async def _our_error(request: Request, error: Exception) -> JSONResponse:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    return problem(request.scope, status, str(error))


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    return problem(request.scope, 400, _fault(error.errors()[0]))


def _fault(first: Mapping[str, Any]) -> str:
    """Return the message for the first validation error of a request."""
    if first["type"] == "json_invalid":
        return f"Invalid JSON format: {first['ctx']['error']} at character {first['loc'][-1]}"
    if len(first["loc"]) == 1:
        kind = "list" if first["type"] == "list_type" else "object"
        return (
            f"Invalid request: the body is not a JSON {kind}: send one with the header Content-Type: application/json"
        )
    name = next((part for part in first["loc"][1:] if isinstance(part, str)), first["loc"][1])
    if first["type"] == "missing":
        return f"Invalid request: missing {name} parameter: see /docs for an example"
    return f"Invalid request: {name}: {first['msg']}: see /docs for an example"


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    message = error.detail
    if error.status_code in {404, 405}:
        message = f"{message}: see /docs for the available paths"
    elif message == BROKEN_BODY:
        message = "Invalid JSON format: the body cannot be read: send UTF-8, with less nesting and shorter numbers"
    return problem(request.scope, error.status_code, message, error.headers)


async def _busy(request: Request, error: Exception) -> JSONResponse:
    _LOG.error("state file not usable", extra={"reason": str(error)})
    return problem(request.scope, 503, "the server cannot store data at the moment: send the request again")


async def _unexpected(request: Request, _: Exception) -> JSONResponse:
    # Starlette re-raises the error after this response, so that the server logs it with its traceback.
    return problem(
        request.scope, 500, "the server failed on this request: try again, and contact its operator if it persists"
    )
