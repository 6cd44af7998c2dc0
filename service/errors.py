"""Every error as a status and one sentence; the one place where the error family meets HTTP."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from nmt.errors import DeadlineExceeded, NmtError, Overloaded, RequestError

STATUS: dict[type[NmtError], int] = {
    RequestError: 400,
    Overloaded: 429,
    DeadlineExceeded: 503,
}
"""Status by error or its nearest base; anything else is 500."""

_RETRY_AFTER = {429: "1", 503: "5"}
"""Seconds."""


def problem(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An error response in LibreTranslate's shape."""
    retry = {"Retry-After": _RETRY_AFTER[status]} if status in _RETRY_AFTER else {}
    return JSONResponse({"error": message}, status, {**retry, **(headers or {})})


def install_error_handlers(app: FastAPI) -> None:
    """Make every error of `app` answer as a `Problem`."""
    app.add_exception_handler(NmtError, _our_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


async def _our_error(_: Request, error: Exception) -> JSONResponse:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    return problem(status, str(error))


async def _invalid_request(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return problem(400, f"Invalid JSON format: {first['ctx']['error']} at character {first['loc'][-1]}")
    if len(first["loc"]) == 1:
        return problem(
            400, "Invalid request: the body is no JSON object: send one, with the header Content-Type: application/json"
        )
    name = first["loc"][1]
    if first["type"] == "missing":
        return problem(400, f"Invalid request: missing {name} parameter: see /docs for an example")
    return problem(400, f"Invalid request: {name}: {first['msg']}: see /docs for an example")


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    message = error.detail
    if error.status_code in {404, 405}:
        message = f"{message}: see /docs for the paths there are"
    elif error.status_code == 400:  # of a body that breaks the decoder rather than the grammar
        message = "Invalid JSON format: the body cannot be read: send UTF-8, with less nesting and shorter numbers"
    return problem(error.status_code, message, error.headers)


async def _unexpected(_: Request, __: Exception) -> JSONResponse:
    # Starlette raises the error on after this answer, so that the server logs it with its traceback.
    return problem(500, "the server failed on this request: try again, and tell its operator if it fails again")
