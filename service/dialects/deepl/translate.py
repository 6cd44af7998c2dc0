"""Translation for DeepL's clients, under /v2."""

from __future__ import annotations

from fastapi import APIRouter, Request

from nmt.errors import UnsupportedPair
from service.dependencies import AccessDependency, AnswererDependency, TranslatorsDependency
from service.dialects.deepl.bodies import (
    DeeplTranslateRequest,
    DeeplTranslation,
    DeeplTranslations,
)
from service.dialects.deepl.edge import deepl_problems
from service.http.client_disconnect import until_disconnect
from service.http.inputs import parameters_of, read_request, schema_of
from service.translating.translators import AUTO, Translators

router = APIRouter(tags=["DeepL"])


@router.get(
    "/v2/translate",
    response_model_exclude_unset=True,
    responses=deepl_problems(404, 456),
    openapi_extra=parameters_of(DeeplTranslateRequest),
    operation_id="deepl_translate_by_query",
)
@router.post(
    "/v1/translate",
    response_model_exclude_unset=True,
    responses=deepl_problems(404, 456),
    openapi_extra=schema_of(DeeplTranslateRequest),
    operation_id="deepl_translate_by_version_1",
)
@router.post(
    "/v2/translate",
    response_model_exclude_unset=True,
    responses=deepl_problems(404, 456),
    openapi_extra=schema_of(DeeplTranslateRequest),
    operation_id="deepl_translate",
)
async def translate(
    connection: Request,
    translators: TranslatorsDependency,
    answerer: AnswererDependency,
    access: AccessDependency,
) -> DeeplTranslations:
    """Translate texts."""
    asked = await read_request(connection, DeeplTranslateRequest)
    caller = access.admit(connection, asked.auth_key)
    request = asked.translate_request()
    check_languages(translators, asked.source_lang, asked.target_lang)
    async with access.charge(caller, sum(map(len, asked.text))):
        answers = await until_disconnect(connection, answerer.answer(request, caller.owner, asked.handling()))
    source = translators.code(request.source).upper()
    return DeeplTranslations(
        translations=[
            DeeplTranslation(
                detected_source_language=each.detected.language.upper() if each.detected else source,
                text=each.texts[0],
                billed_characters=len(text),
                **({"model_type_used": asked.model_type_used} if asked.model_type_used else {}),
            )
            for text, each in zip(asked.text, answers, strict=True)
        ]
    )


def check_languages(translators: Translators, source: str | None, target: str) -> None:
    """Raises UnsupportedPair in the words that DeepL's clients look for."""
    known = translators.code(source) if source else AUTO
    wanted = translators.code(target)
    if known == wanted and known in translators.codes():
        return
    try:
        if known != AUTO:
            translators.find(known, wanted)
        elif not translators.sources(wanted):
            translators.find(AUTO, wanted)
    except UnsupportedPair as error:
        field = "source_lang" if known != AUTO and known not in translators.codes() else "target_lang"
        raise UnsupportedPair(f"Value for '{field}' not supported: {error}") from error
