"""What routes ask for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from service.access import Access, Caller
from service.deepl import DeeplRequest
from service.glossaries import Glossaries
from service.inputs import read_request
from service.memory import Memory
from service.settings import Settings
from service.translation import Answerer
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


async def _answerer(request: Request) -> Answerer:
    answerer: Answerer = request.app.state.answerer
    return answerer


async def _glossaries(request: Request) -> Glossaries:
    glossaries: Glossaries = request.app.state.glossaries
    return glossaries


async def _deepl_caller(request: Request) -> Caller:
    """Raises what `Access.admit` raises, and RequestValidationError."""
    asked = await read_request(request, DeeplRequest)
    return (await _access(request)).admit(request, asked.auth_key)


TranslatorsDependency = Annotated[Translators, Depends(_translators)]
AnswererDependency = Annotated[Answerer, Depends(_answerer)]
GlossariesDependency = Annotated[Glossaries, Depends(_glossaries)]
DeeplCallerDependency = Annotated[Caller, Depends(_deepl_caller)]
"""The caller of a request in DeepL's dialect that says nothing else in its body."""
AccessDependency = Annotated[Access, Depends(_access)]
SettingsDependency = Annotated[Settings, Depends(_settings)]
MemoryDependency = Annotated[Memory | None, Depends(_memory)]
"""None when suggestions are off."""
