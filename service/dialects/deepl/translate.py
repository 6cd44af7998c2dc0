"""Translation, languages and usage for DeepL's clients, under /v2."""

from __future__ import annotations

from fastapi import APIRouter, Request

from nmt.errors import UnsupportedPair
from service.dependencies import AccessDependency, AnswererDependency, TranslatorsDependency
from service.dialects.deepl.bodies import (
    NO_LIMIT,
    DeeplLanguage,
    DeeplRequest,
    DeeplTranslateRequest,
    DeeplTranslation,
    DeeplTranslations,
    LanguagesRequest,
    Usage,
    variants,
)
from service.dialects.deepl.caller import DeeplCallerDependency
from service.dialects.deepl.edge import deepl_problems
from service.http.client_disconnect import until_disconnect
from service.http.inputs import parameters_of, read_request, schema_of
from service.translating.language_codes import language_name
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


@router.get(
    "/v2/languages",
    responses=deepl_problems(),
    openapi_extra=parameters_of(LanguagesRequest),
    operation_id="deepl_languages",
)
@router.post(
    "/v2/languages",
    responses=deepl_problems(),
    openapi_extra=schema_of(LanguagesRequest, required=False),
    operation_id="deepl_languages_by_form",
)
async def languages(
    connection: Request, translators: TranslatorsDependency, caller: DeeplCallerDependency
) -> list[DeeplLanguage]:
    """List the source languages, or the target languages with type=target."""
    asked = await read_request(connection, LanguagesRequest)
    served = translators.languages()
    if asked.type == "source":
        return [DeeplLanguage(language=language.code.upper(), name=language.name) for language in served]
    targets = sorted({target for language in served for target in language.targets})
    return [
        DeeplLanguage(language=variant, name=language_name(target))
        for target in targets
        for variant in variants(target)
    ]


@router.get("/v2/usage", responses=deepl_problems(), operation_id="deepl_usage")
@router.post(
    "/v2/usage",
    responses=deepl_problems(),
    openapi_extra=schema_of(DeeplRequest, required=False),
    operation_id="deepl_usage_by_form",
)
async def usage(caller: DeeplCallerDependency, access: AccessDependency) -> Usage:
    """Return the number of characters used this month, and its limit."""
    limit = caller.key.characters_per_month if caller.key else None
    return Usage(character_count=access.used(caller), character_limit=limit or NO_LIMIT)


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
