"""GET /languages and GET /frontend/settings."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse

from nmt.documents import SUPPORTED
from service.dependencies import CaptionersDependency, SettingsDependency, TranslatorsDependency
from service.dialects.libretranslate.bodies import FrontendSettings, LanguageName
from service.translating.language_codes import language_name
from service.translating.translators import AUTO, Language

router = APIRouter(tags=["languages"])


@router.get("/languages")
async def languages(translators: TranslatorsDependency) -> list[Language]:
    """List the source languages and the targets of each."""
    return translators.languages()


@router.get("/spec", include_in_schema=False)
async def spec(connection: Request) -> JSONResponse:
    """Return the OpenAPI document where LibreTranslate has its own."""
    application: FastAPI = connection.app
    return JSONResponse(application.openapi())


@router.get("/frontend/settings")
async def frontend_settings(
    translators: TranslatorsDependency, captioners: CaptionersDependency, settings: SettingsDependency
) -> FrontendSettings:
    """Return limits and languages, as LibreTranslate's web page requests them."""
    targets = [target for language in translators.languages() for target in language.targets]
    target = targets[0] if targets else ""
    return FrontendSettings(
        charLimit=settings.max_request_characters,
        apiKeys=settings.api_keys != "off",
        keyRequired=settings.api_keys == "required",
        supportedFilesFormat=list(SUPPORTED),
        captionLanguages=captioners.languages(),
        suggestions=settings.suggestions,
        language={
            "source": LanguageName(code=AUTO, name="Auto Detect"),
            "target": LanguageName(code=target, name=language_name(target)),
        },
    )
