"""Usage for DeepL's clients: the characters of the month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from service.dependencies import AccessDependency
from service.dialects.deepl.bodies import DeeplRequest
from service.dialects.deepl.caller import DeeplCallerDependency
from service.dialects.deepl.edge import deepl_problems
from service.http.inputs import schema_of

router = APIRouter(tags=["DeepL"])

NO_LIMIT = 10**12
"""Character limit of callers without a quota, because DeepL's clients expect a limit."""


class ProductUsage(BaseModel):
    """Usage of translation, the only product. A key is an account of its own."""

    product_type: Literal["translate"] = "translate"
    billing_unit: Literal["characters"] = "characters"
    api_key_unit_count: int
    account_unit_count: int
    api_key_character_count: int
    character_count: int


class Usage(BaseModel):
    """Characters translated this month."""

    character_count: int
    character_limit: int
    api_key_character_count: int
    api_key_character_limit: int
    products: list[ProductUsage]
    start_time: str
    end_time: str


@router.get("/v2/usage", responses=deepl_problems(), operation_id="deepl_usage")
@router.post(
    "/v2/usage",
    responses=deepl_problems(),
    openapi_extra=schema_of(DeeplRequest, required=False),
    operation_id="deepl_usage_by_form",
)
async def usage(caller: DeeplCallerDependency, access: AccessDependency) -> Usage:
    """Return the number of characters used this month, and its limit."""
    used = access.used(caller)
    limit = (caller.key.characters_per_month if caller.key else None) or NO_LIMIT
    start = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (start + timedelta(days=31)).replace(day=1)
    return Usage(
        character_count=used,
        character_limit=limit,
        api_key_character_count=used,
        api_key_character_limit=limit,
        products=[
            ProductUsage(
                api_key_unit_count=used, account_unit_count=used, api_key_character_count=used, character_count=used
            )
        ],
        start_time=f"{start:%Y-%m-%dT%H:%M:%SZ}",
        end_time=f"{end:%Y-%m-%dT%H:%M:%SZ}",
    )
