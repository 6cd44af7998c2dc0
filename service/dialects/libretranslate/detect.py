"""POST /detect."""

from __future__ import annotations

from fastapi import APIRouter, Request

from service.dependencies import AccessDependency, SettingsDependency, TranslatorsDependency
from service.dialects.libretranslate.bodies import DetectedLanguage, DetectRequest
from service.http.inputs import problems, read_request, schema_of
from service.translating.answerer import check_length

router = APIRouter(tags=["languages"])


@router.post(
    "/detect",
    responses=problems(400, 403, 429),
    openapi_extra=schema_of(DetectRequest),
)
async def detect(
    connection: Request, translators: TranslatorsDependency, settings: SettingsDependency, access: AccessDependency
) -> list[DetectedLanguage]:
    """Detect which of the served languages a text, or the texts of a list together, are in, most probable first.

    If they are clearly in another language, that comes before them.
    """
    request = await read_request(connection, DetectRequest)
    access.admit(connection, request.api_key)
    texts = [request.q] if isinstance(request.q, str) else request.q
    check_length(texts, settings)
    detector = await translators.detector()
    return [
        DetectedLanguage(confidence=found.confidence, language=found.language)
        for found in detector.detect("\n".join(texts))
    ]
