"""Translation, languages and usage for DeepL's clients, under /v2."""

from __future__ import annotations

from fastapi import APIRouter, Request

from service.dependencies import AccessDependency, AnswererDependency, TranslatorsDependency
from service.dialects.deepl.bodies import (
    NO_LIMIT,
    DeeplLanguage,
    DeeplTranslateRequest,
    DeeplTranslation,
    DeeplTranslations,
    LanguagesRequest,
    Usage,
    variants,
)
from service.dialects.deepl.caller import DeeplCallerDependency
from service.dialects.deepl.edge import DEEPL, deepl_problems
from service.http.client_disconnect import until_disconnect
from service.http.inputs import read_request, schema_of
from service.translating.translators import language_name

router = APIRouter(prefix=DEEPL.prefix, tags=["DeepL"])


@router.post("/translate", responses=deepl_problems(404, 456), openapi_extra=schema_of(DeeplTranslateRequest))
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
    request = request.model_copy(update={"target": translators.nearest_target(request.target)})
    async with access.charge(caller, sum(map(len, asked.text))):
        answers = await until_disconnect(connection, answerer.answer(request, caller.owner))
    return DeeplTranslations(
        translations=[
            DeeplTranslation(
                detected_source_language=(each.detected.language if each.detected else request.source).upper(),
                text=each.texts[0],
                billed_characters=len(text),
            )
            for text, each in zip(asked.text, answers, strict=True)
        ]
    )


@router.get("/languages", responses=deepl_problems())
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


@router.get("/usage", responses=deepl_problems())
async def usage(caller: DeeplCallerDependency, access: AccessDependency) -> Usage:
    """Return the number of characters used this month, and its limit."""
    limit = caller.key.characters_per_month if caller.key else None
    return Usage(character_count=access.used(caller), character_limit=limit or NO_LIMIT)
