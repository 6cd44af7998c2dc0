"""What routes ask for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from service.access import Access
from service.memory import Memory
from service.settings import Settings
from service.translators import Translators


async def _translators(request: Request) -> Translators:
    translators: Translators = request.app.state.translators
    return translators


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def _memory(request: Request) -> Memory | None:
    memory: Memory | None = request.app.state.memory
    return memory


async def _access(request: Request) -> Access:
    access: Access = request.app.state.access
    return access


TranslatorsDependency = Annotated[Translators, Depends(_translators)]
AccessDependency = Annotated[Access, Depends(_access)]
SettingsDependency = Annotated[Settings, Depends(_settings)]
MemoryDependency = Annotated[Memory | None, Depends(_memory)]
"""None when suggestions are off."""
