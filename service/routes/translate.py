"""POST /translate."""

from __future__ import annotations

from typing import TypeVar

from fastapi import APIRouter, Request

from service.dependencies import AccessDependency, MemoryDependency, SettingsDependency, TranslatorsDependency
from service.details import text_details
from service.hang_up import until_hang_up
from service.inputs import problems, read_request, schema_of
from service.schemas import DetectedLanguage, TranslateRequest, TranslateResponse
from service.translation import AUTO, Answer, answer

ValueT = TypeVar("ValueT")

router = APIRouter(tags=["translate"])


@router.post(
    "/translate",
    response_model_exclude_none=True,
    responses=problems(400, 403, 408, 413, 429, 503),
    openapi_extra=schema_of(TranslateRequest),
)
async def translate(
    connection: Request,
    translators: TranslatorsDependency,
    settings: SettingsDependency,
    memory: MemoryDependency,
    access: AccessDependency,
) -> TranslateResponse:
    """Translate a text or a list of texts, given as JSON, as a form, or in the query string."""
    request = await read_request(connection, TranslateRequest)
    caller = access.admit(connection, request.api_key)
    single = isinstance(request.q, str)
    with access.charge(caller, len(request.q) if single else sum(map(len, request.q))):
        answers = await until_hang_up(connection, answer(request, translators, settings, memory))

    def one_or_all(values: list[ValueT]) -> ValueT | list[ValueT]:
        return values[0] if single else values

    return TranslateResponse(
        translatedText=one_or_all([each.texts[0] for each in answers]),
        alternatives=one_or_all([each.texts[1:] for each in answers]) if request.alternatives else None,
        detectedLanguage=one_or_all([_detected(each) for each in answers if each.detected])
        if request.source == AUTO
        else None,
        details=one_or_all([text_details(each) for each in answers]) if request.details else None,
    )


def _detected(found: Answer) -> DetectedLanguage:
    return DetectedLanguage.model_validate(found.detected, from_attributes=True)
