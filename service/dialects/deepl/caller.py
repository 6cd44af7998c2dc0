"""Authentication of requests in DeepL's dialect."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from service.access.access import Caller
from service.dependencies import ServiceDependency
from service.dialects.deepl.bodies import DeeplRequest
from service.http.inputs import read_request


async def _deepl_caller(request: Request, service: ServiceDependency) -> Caller:
    """Return the caller. Raises what `Access.admit` raises, and RequestValidationError."""
    asked = await read_request(request, DeeplRequest)
    return service.access.admit(request, asked.auth_key)


DeeplCallerDependency = Annotated[Caller, Depends(_deepl_caller)]
"""The caller of a request whose body has no other fields."""
