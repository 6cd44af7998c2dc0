"""DeepL's API at the HTTP edge: its prefix, its error responses and its statuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from service.http.dialect import Dialect

DEEPL = Dialect(
    prefix="/v2",
    error_field="message",
    missing_key_status=403,
    quota_status=456,
    reports_usage=True,
    upload_path="/v2/document",
)


VERSIONS = tuple(replace(DEEPL, prefix=prefix, upload_path=None) for prefix in ("/v1", "/v3"))
"""Other versions of the API. Their errors have the same shape, also those of paths that are not served."""


class DeeplProblem(BaseModel):
    """Any error under /v2."""

    message: str


def deepl_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for `statuses` and for those with which any request under /v2 may be refused."""
    return {status: {"model": DeeplProblem} for status in (400, 403, 408, 413, 429, 503, *statuses)}
