"""Read a request's fields from its query string, and from a JSON body or a form."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from nmt.errors import RequestError
from service.http.errors import BROKEN_BODY
from service.http.problems import Problem

ModelT = TypeVar("ModelT", bound=BaseModel)

_LISTS = frozenset({"q", "text"})
"""Fields that may be repeated in a form or a query string."""
_FORM, _MULTIPART, _JSON = "application/x-www-form-urlencoded", "multipart/form-data", "application/json"
_BYTES = "latin-1"
"""Maps each byte to the character of its number, so that nothing is lost before the bytes are decoded."""


async def read_request(request: Request, model: type[ModelT]) -> ModelT:
    """Parse the query string and the body of `request`. A field of the body overrides one of the query string.

    An optional field that is null or empty counts as left out. Raises RequestValidationError, and RequestError for a
    form or a query string that is not UTF-8.
    """
    fields = await _body_fields(request)
    if isinstance(fields, dict):
        fields = {**query_fields(request), **fields}
    return _validated(model, fields)


async def names_of(request: Request) -> set[str]:
    """Return the names of the fields of `request`, as far as it can be read."""
    try:
        fields = await _body_fields(request)
        return {*query_fields(request), *(fields if isinstance(fields, dict) else ())}
    except (RequestValidationError, HTTPException, RequestError):
        return set()


@asynccontextmanager
async def read_upload(
    request: Request, model: type[ModelT], name: str = "file"
) -> AsyncIterator[tuple[ModelT, UploadFile]]:
    """Yield the fields of `request` and the file `name` of its form. Raises RequestValidationError and RequestError."""
    if _kind(request) != _MULTIPART:
        await read_request(request, model)
        raise _no_file(name)
    form = await _multipart(request)
    try:
        fields = _validated(model, {**query_fields(request), **_texts(form.multi_items())})
        if not isinstance(file := form.get(name), UploadFile):
            raise _no_file(name)
        file.filename = _utf8(file.filename or "", name)
        yield fields, file
    finally:
        await form.close()


def _no_file(name: str) -> RequestError:
    return RequestError(f"Invalid request: missing {name} parameter: send the file as multipart/form-data")


def _validated(model: type[ModelT], fields: Any) -> ModelT:
    if isinstance(fields, dict):
        fields = {name: value for name, value in fields.items() if not (_is_empty(value) and _is_optional(model, name))}
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        # FastAPI's own errors have "body" as the first element of their location.
        errors = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(errors) from error


def _is_empty(value: object) -> bool:
    return value is None or value == ""


def _is_optional(model: type[BaseModel], name: str) -> bool:
    return name in model.model_fields and not model.model_fields[name].is_required()


def _kind(request: Request) -> str:
    """Return the media type of the body."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def query_fields(request: Request) -> dict[str, Any]:
    """Return the fields of the query string. Raises RequestError if it is not UTF-8."""
    return _texts(_pairs(request.scope["query_string"]))


async def _body_fields(request: Request) -> Any:
    kind = _kind(request)
    if kind == _MULTIPART:
        form = await _multipart(request)
        await form.close()
        return _texts(form.multi_items())
    body = await request.body()
    if kind == _FORM:
        return _texts(_pairs(body))
    if not body and kind != _JSON:
        return {}
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        if kind != _JSON:
            raise RequestValidationError([{"type": "model_attributes_type", "loc": ("body",), "msg": ""}]) from error
        context = {"error": error.msg}
        raise RequestValidationError(
            [{"type": "json_invalid", "loc": ("body", error.pos), "msg": "", "ctx": context}]
        ) from error
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, BROKEN_BODY) from error


def _pairs(urlencoded: bytes) -> list[tuple[str, str]]:
    """Return the names and values of a form or a query string, a character for each byte."""
    return parse_qsl(urlencoded.decode(_BYTES), keep_blank_values=True, encoding=_BYTES)


async def _multipart(request: Request) -> FormData:
    """Return the fields of a form, a character for each byte, and its files. Raises HTTPException 400.

    Starlette's own methods read what is not UTF-8 as Latin-1.
    """
    options = parse_options_header(request.headers["content-type"])[1]
    boundary = options.get(b"boundary", b"").decode(_BYTES)
    if not boundary:
        raise HTTPException(400, "the form has no boundary: leave its Content-Type to your HTTP client")
    headers = Headers({"Content-Type": f'{_MULTIPART}; charset={_BYTES}; boundary="{boundary}"'})
    parser = MultiPartParser(headers, request.stream(), max_fields=float("inf"), max_part_size=2**31)
    try:
        return await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, f"the form cannot be read: {error.message}") from error


def _texts(pairs: Iterable[tuple[str, str | UploadFile]]) -> dict[str, Any]:
    """Return the fields with their values, decoded. Raises RequestError."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        if isinstance(value, str):
            decoded = _utf8(name, "a field's name")
            found.setdefault(decoded, []).append(_utf8(value, decoded))
    return {name: values if name in _LISTS and len(values) > 1 else values[-1] for name, values in found.items()}


def _utf8(characters: str, name: str) -> str:
    """Decode the bytes that `characters` stand for. Raises RequestError."""
    try:
        return characters.encode(_BYTES).decode()
    except UnicodeDecodeError as error:
        raise RequestError(
            f"Invalid request: {name} is not UTF-8 at byte {error.start}: send UTF-8, in a URL as %C3%BC for \u00fc"
        ) from error


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for the error `statuses`."""
    return {status: {"model": Problem} for status in statuses}


def schema_of_file(model: type[BaseModel], name: str = "file", description: str = "The document.") -> dict[str, Any]:
    """Return the OpenAPI request body of a form with the file `name` and the fields of `model`."""
    schema = _schema(model)
    schema["properties"][name] = {"type": "string", "format": "binary", "description": description}
    schema["required"] = [name, *schema.get("required", [])]
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def schema_of(model: type[BaseModel], required: bool = True) -> dict[str, Any]:
    """Return the OpenAPI request body of a `model` as JSON or as a form."""
    reference = {"schema": _schema(model)}
    return {"requestBody": {"required": required, "content": {_JSON: reference, _FORM: reference}}}


def parameters_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the OpenAPI parameters of a `model` as a query string."""
    schema = _schema(model)
    needed = schema.get("required", [])
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": name in needed,
                "description": field.pop("description", name),
                "schema": field,
            }
            for name, field in schema["properties"].items()
        ]
    }


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of `model` without references, which would point to the root of the whole document."""
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})

    def inlined(value: Any) -> Any:
        if isinstance(value, list):
            return [inlined(each) for each in value]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref", "")
        found = definitions[reference.removeprefix("#/$defs/")] if reference else {}
        return {name: inlined(each) for name, each in (found | value).items() if name != "$ref"}

    whole: dict[str, Any] = inlined(schema)
    return whole
