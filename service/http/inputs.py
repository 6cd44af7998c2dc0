"""Read a request's fields from a JSON body, a form, or the query string."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, QueryParams, UploadFile

from nmt.errors import RequestError
from service.http.errors import BROKEN_BODY
from service.http.problems import Problem

ModelT = TypeVar("ModelT", bound=BaseModel)

_LISTS = frozenset({"q", "text"})
"""Fields that may be repeated in a form or a query string."""


async def read_request(request: Request, model: type[ModelT]) -> ModelT:
    """Parse the body of `request`, or its query string if there is no body. Raises RequestValidationError."""
    return _validated(model, await _fields(request))


@asynccontextmanager
async def read_upload(
    request: Request, model: type[ModelT], name: str = "file"
) -> AsyncIterator[tuple[ModelT, UploadFile]]:
    """Yield the form fields of `request` and its file `name`. Raises RequestValidationError and RequestError."""
    async with request.form() as form:
        fields, file = _validated(model, _plain(form) or _plain(request.query_params)), form.get(name)
        if not isinstance(file, UploadFile):
            raise RequestError(f"Invalid request: missing {name} parameter: send the file as multipart/form-data")
        yield fields, file


def _validated(model: type[ModelT], fields: Any) -> ModelT:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        # FastAPI's own errors have "body" as the first element of their location.
        errors = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(errors) from error


async def _fields(request: Request) -> Any:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form() as form:
            return _plain(form) or _plain(request.query_params)
    body = await request.body()
    if not body and kind != "application/json":
        return _plain(request.query_params)
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        if kind != "application/json":
            raise RequestValidationError([{"type": "model_attributes_type", "loc": ("body",), "msg": ""}]) from error
        context = {"error": error.msg}
        raise RequestValidationError(
            [{"type": "json_invalid", "loc": ("body", error.pos), "msg": "", "ctx": context}]
        ) from error
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, BROKEN_BODY) from error


def _plain(pairs: FormData | QueryParams) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in pairs:
        values = [value for value in pairs.getlist(name) if isinstance(value, str)]
        if values:
            fields[name] = values if name in _LISTS and len(values) > 1 else values[-1]
    return fields


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for the error `statuses`."""
    return {status: {"model": Problem} for status in statuses}


def schema_of_file(model: type[BaseModel], name: str = "file", description: str = "The document.") -> dict[str, Any]:
    """Return the OpenAPI request body of a form with the file `name` and the fields of `model`."""
    schema = model.model_json_schema()
    schema["properties"][name] = {"type": "string", "format": "binary", "description": description}
    schema["required"] = [name, *schema.get("required", [])]
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the OpenAPI request body of a `model` as JSON or as a form."""
    reference = {"schema": model.model_json_schema()}
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": reference, "application/x-www-form-urlencoded": reference},
        }
    }
