"""What routes ask for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from service.settings import Settings
from service.translators import Translators


async def _translators(request: Request) -> Translators:
    translators: Translators = request.app.state.translators
    return translators


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


TranslatorsDependency = Annotated[Translators, Depends(_translators)]
SettingsDependency = Annotated[Settings, Depends(_settings)]
