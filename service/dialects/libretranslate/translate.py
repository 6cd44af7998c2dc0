"""POST /translate."""

from __future__ import annotations

import time
from typing import TypeVar

from fastapi import APIRouter, Request

from service.access.access import Caller
from service.dependencies import AccessDependency, AnswererDependency, SettingsDependency
from service.dialects.libretranslate.bodies import DetectedLanguage, TranslateResponse
from service.dialects.libretranslate.translation_details import details_of
from service.http.client_disconnect import until_disconnect
from service.http.inputs import parameters_of, problems, read_request, schema_of
from service.settings import Settings
from service.translating.answerer import Answer, Answerer
from service.translating.request import TranslateRequest
from service.translating.translators import AUTO

ValueT = TypeVar("ValueT")

router = APIRouter(tags=["translate"])


@router.get(
    "/translate",
    response_model_exclude_unset=True,
    responses=problems(400, 403, 404, 429, 503),
    openapi_extra=parameters_of(TranslateRequest),
    operation_id="translate_by_query",
)
@router.post(
    "/translate",
    response_model_exclude_unset=True,
    responses=problems(400, 403, 404, 408, 413, 415, 429, 503),
    openapi_extra=schema_of(TranslateRequest),
    operation_id="translate",
)
async def translate(
    connection: Request,
    answerer: AnswererDependency,
    settings: SettingsDependency,
    access: AccessDependency,
) -> TranslateResponse:
    """Translate a text or a list of texts, sent as JSON, as a form, or in the query string."""
    request = await read_request(connection, TranslateRequest)
    caller = access.admit(connection, request.api_key)
    async with access.charge(caller, len("".join(request.q))):
        return await until_disconnect(connection, _answered(request, answerer, caller, settings))


async def _answered(
    request: TranslateRequest, answerer: Answerer, caller: Caller, settings: Settings
) -> TranslateResponse:
    deadline = time.monotonic() + settings.timeout_seconds
    answers = await answerer.answer(request, caller.owner)
    single = isinstance(request.q, str)

    def one_or_all(values: list[ValueT]) -> ValueT | list[ValueT]:
        return values[0] if single else values

    response = TranslateResponse(translatedText=one_or_all([each.texts[0] for each in answers]))
    if request.alternatives:
        response.alternatives = one_or_all([each.texts[1:] for each in answers])
    if request.source == AUTO:
        response.detectedLanguage = one_or_all([_detected(each) for each in answers if each.detected])
    if request.details:
        response.details = one_or_all(await details_of(answers, deadline))
    return response


def _detected(found: Answer) -> DetectedLanguage:
    return DetectedLanguage.model_validate(found.detected, from_attributes=True)
