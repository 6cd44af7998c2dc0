"""GET /languages and GET /frontend/settings."""

from __future__ import annotations

from fastapi import APIRouter

from nmt.documents import SUPPORTED
from service.dependencies import CaptionersDependency, SettingsDependency, TranslatorsDependency
from service.dialects.libretranslate.bodies import FrontendSettings, LanguageName
from service.translating.answerer import AUTO
from service.translating.translators import Language, language_name

router = APIRouter(tags=["languages"])


@router.get("/languages")
async def languages(translators: TranslatorsDependency) -> list[Language]:
    """List the source languages and the targets of each."""
    return translators.languages()


@router.get("/frontend/settings")
async def frontend_settings(
    translators: TranslatorsDependency, captioners: CaptionersDependency, settings: SettingsDependency
) -> FrontendSettings:
    """Return limits and languages, as LibreTranslate's web page requests them."""
    targets = [target for language in translators.languages() for target in language.targets]
    target = targets[0] if targets else ""
    return FrontendSettings(
        charLimit=settings.max_text_characters,
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
