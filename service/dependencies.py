"""FastAPI dependencies of the routes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from nmt.memory import Memory
from service.access.access import Access
from service.assembly import Service
from service.captioning.captioners import Captioners
from service.documents.store import Documents
from service.documents.uploads import Uploads
from service.settings import Settings
from service.translating.answerer import Answerer
from service.translating.glossary_store import Glossaries
from service.translating.translators import Translators


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def _part(name: str) -> Callable[[Request], Awaitable[Any]]:
    """Return a dependency on the named component.

    It is async because FastAPI runs synchronous ones in threads. It does not depend on the service because each
    dependency of a route takes FastAPI as long as splitting a sentence.
    """

    async def part(request: Request) -> Any:
        return getattr(request.app.state.service, name)

    return part


ServiceDependency = Annotated[Service, Depends(_service)]
SettingsDependency = Annotated[Settings, Depends(_part("settings"))]
TranslatorsDependency = Annotated[Translators, Depends(_part("translators"))]
CaptionersDependency = Annotated[Captioners, Depends(_part("captioners"))]
AccessDependency = Annotated[Access, Depends(_part("access"))]
MemoryDependency = Annotated[Memory | None, Depends(_part("memory"))]
"""None when the translation memory and suggestions are off."""
GlossariesDependency = Annotated[Glossaries, Depends(_part("glossaries"))]
AnswererDependency = Annotated[Answerer, Depends(_part("answerer"))]
DocumentsDependency = Annotated[Documents, Depends(_part("documents"))]
UploadsDependency = Annotated[Uploads, Depends(_part("uploads"))]
