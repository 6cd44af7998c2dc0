"""Map every error to a status and one sentence; the only place that maps our errors to HTTP."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from nmt.errors import DeadlineExceeded, NmtError, Overloaded, RequestError


class NotFound(NmtError):
    """The caller has nothing with that id."""


STATUS: dict[type[NmtError], int] = {
    RequestError: 400,
    NotFound: 404,
    Overloaded: 429,
    DeadlineExceeded: 503,
}
"""Status by error or its nearest base; anything else is 500."""

DEEPL_PREFIX = "/v2"
"""Where the paths of DeepL's dialect begin."""

_LOG = logging.getLogger("service.state")
_RETRY_AFTER = {429: "1", 503: "5"}
"""Seconds."""


BROKEN_BODY = "There was an error parsing the body"
"""What FastAPI says, and we, of a body that breaks its decoder rather than the grammar."""


class Refused(HTTPException):
    """A request that the service understands and does not do; its sentence is answered as it is."""


def problem(path: str, status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An error response to a request of `path`, in LibreTranslate's shape or DeepL's."""
    retry = {"Retry-After": _RETRY_AFTER[status]} if status in _RETRY_AFTER else {}
    name = "message" if path.startswith(DEEPL_PREFIX) else "error"
    return JSONResponse({name: message}, status, {**retry, **(headers or {})})


def install_error_handlers(app: FastAPI) -> None:
    """Make every error of `app` answer as a `Problem`."""
    app.add_exception_handler(NmtError, _our_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(sqlite3.OperationalError, _busy)
    app.add_exception_handler(Exception, _unexpected)


async def _our_error(request: Request, error: Exception) -> JSONResponse:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    return problem(request.url.path, status, str(error))


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    return problem(request.url.path, 400, _fault(error.errors()[0]))


def _fault(first: Mapping[str, Any]) -> str:
    """What is wrong with a request, by pydantic's first error."""
    if first["type"] == "json_invalid":
        return f"Invalid JSON format: {first['ctx']['error']} at character {first['loc'][-1]}"
    if len(first["loc"]) == 1:
        return "Invalid request: the body is no JSON object: send one, with the header Content-Type: application/json"
    name = first["loc"][1]
    if first["type"] == "missing":
        return f"Invalid request: missing {name} parameter: see /docs for an example"
    return f"Invalid request: {name}: {first['msg']}: see /docs for an example"


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    message = error.detail
    if error.status_code in {404, 405}:
        message = f"{message}: see /docs for the paths there are"
    elif message == BROKEN_BODY:
        message = "Invalid JSON format: the body cannot be read: send UTF-8, with less nesting and shorter numbers"
    return problem(request.url.path, error.status_code, message, error.headers)


async def _busy(request: Request, error: Exception) -> JSONResponse:
    _LOG.error("state file not usable", extra={"reason": str(error)})
    return problem(request.url.path, 503, "the server cannot keep anything at the moment: send the request again")


async def _unexpected(request: Request, _: Exception) -> JSONResponse:
    # Starlette raises the error on after this answer, so that the server logs it with its traceback.
    return problem(
        request.url.path, 500, "the server failed on this request: try again, and tell its operator if it fails again"
    )
