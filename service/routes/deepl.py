"""What DeepL's clients ask for, under /v2."""

from __future__ import annotations

from fastapi import APIRouter, Request

from service.deepl import (
    DeeplLanguage,
    DeeplTranslateRequest,
    DeeplTranslation,
    DeeplTranslations,
    LanguagesRequest,
    Usage,
    variants,
)
from service.dependencies import MemoryDependency, SettingsDependency, TranslatorsDependency
from service.errors import DEEPL_PREFIX
from service.hang_up import until_hang_up
from service.inputs import read_request, schema_of
from service.translation import answer
from service.translators import language_name

router = APIRouter(prefix=DEEPL_PREFIX, tags=["DeepL"])


@router.post("/translate", openapi_extra=schema_of(DeeplTranslateRequest))
async def translate(
    connection: Request, translators: TranslatorsDependency, settings: SettingsDependency, memory: MemoryDependency
) -> DeeplTranslations:
    """Translate texts."""
    asked = await read_request(connection, DeeplTranslateRequest)
    request = asked.translate_request()
    request = request.model_copy(update={"target": translators.nearest_target(request.target)})
    answers = await until_hang_up(connection, answer(request, translators, settings, memory))
    connection.app.state.characters += sum(map(len, asked.text))
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


@router.get("/languages")
async def languages(connection: Request, translators: TranslatorsDependency) -> list[DeeplLanguage]:
    """Languages to translate from, or with type=target to translate to."""
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


@router.get("/usage")
async def usage(connection: Request) -> Usage:
    """Characters translated by this dialect."""
    return Usage(character_count=connection.app.state.characters)
