"""POST /suggest."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, HTTPException, Request

from service.dependencies import AccessDependency, MemoryDependency, SettingsDependency, TranslatorsDependency
from service.dialects.libretranslate.bodies import Suggested, SuggestRequest
from service.http.inputs import problems, read_request, schema_of
from service.translating.answerer import check_length

router = APIRouter(tags=["translate"])


@router.post(
    "/suggest",
    responses=problems(400, 403, 429),
    openapi_extra=schema_of(SuggestRequest),
)
async def suggest(
    connection: Request,
    translators: TranslatorsDependency,
    settings: SettingsDependency,
    memory: MemoryDependency,
    access: AccessDependency,
) -> Suggested:
    """Store a better translation. Everyone who sends the same text then gets it."""
    if memory is None or not settings.suggestions:
        raise HTTPException(403, "suggestions are off: the operator can set NMT_SUGGESTIONS to true")
    request = await read_request(connection, SuggestRequest)
    access.admit(connection, request.api_key)
    check_length((request.q, request.s), settings)
    source, target = translators.code(request.source), translators.code(request.target)
    translators.find(source, target)
    await asyncio.to_thread(memory.suggest, (source, target), request.q, request.s)
    return Suggested()
