"""What routes ask for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from service.access import Access, Caller
from service.assembly import Service
from service.deepl import DeeplRequest
from service.documents import Documents
from service.glossaries import Glossaries
from service.inputs import read_request
from service.memory import Memory
from service.settings import Settings
from service.translation import Answerer
from service.translators import Translators
from service.uploads import Uploads


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


_Service = Annotated[Service, Depends(_service)]


async def _settings(service: _Service) -> Settings:
    return service.settings


async def _translators(service: _Service) -> Translators:
    return service.translators


async def _access(service: _Service) -> Access:
    return service.access


async def _memory(service: _Service) -> Memory | None:
    return service.memory


async def _glossaries(service: _Service) -> Glossaries:
    return service.glossaries


async def _answerer(service: _Service) -> Answerer:
    return service.answerer


async def _documents(service: _Service) -> Documents:
    return service.documents


async def _uploads(service: _Service) -> Uploads:
    return service.uploads


async def _deepl_caller(request: Request, service: _Service) -> Caller:
    """Raises what `Access.admit` raises, and RequestValidationError."""
    asked = await read_request(request, DeeplRequest)
    return service.access.admit(request, asked.auth_key)


SettingsDependency = Annotated[Settings, Depends(_settings)]
TranslatorsDependency = Annotated[Translators, Depends(_translators)]
AccessDependency = Annotated[Access, Depends(_access)]
MemoryDependency = Annotated[Memory | None, Depends(_memory)]
"""None when suggestions are off."""
GlossariesDependency = Annotated[Glossaries, Depends(_glossaries)]
AnswererDependency = Annotated[Answerer, Depends(_answerer)]
DocumentsDependency = Annotated[Documents, Depends(_documents)]
UploadsDependency = Annotated[Uploads, Depends(_uploads)]
DeeplCallerDependency = Annotated[Caller, Depends(_deepl_caller)]
"""The caller of a request in DeepL's dialect that says nothing else in its body."""
