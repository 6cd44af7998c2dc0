"""Assemble the components of the service."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from nmt.memory import Memory
from service.access.access import Access
from service.access.keys import Keys
from service.captioning.captioners import Captioners
from service.documents.parser import Parser
from service.documents.store import Documents
from service.documents.uploads import Uploads
from service.documents.worker import DocumentWorker
from service.settings import Settings
from service.state import State
from service.translating.answerer import Answerer
from service.translating.glossary_store import Glossaries
from service.translating.memory import open_memory
from service.translating.reloading import reload_changed_packages
from service.translating.translators import Translators


@dataclass(frozen=True, slots=True)
class Service:
    """The components that requests share."""

    settings: Settings
    translators: Translators
    captioners: Captioners
    access: Access
    memory: Memory | None
    """None when the translation memory and suggestions are off."""
    glossaries: Glossaries
    answerer: Answerer
    documents: Documents
    uploads: Uploads


@asynccontextmanager
async def running_service(settings: Settings) -> AsyncIterator[Service]:
    """Run the service and its background tasks. Raises PackageError and ConfigError."""
    translators = Translators(settings)
    captioners = _captioners(settings, translators)
    state = State(settings.state_dir)
    accounts = State(settings.state_dir, synchronous="normal")  # written on every request
    access = Access(settings, Keys(accounts))
    memory = open_memory(settings.state_dir, state) if settings.memory or settings.suggestions else None
    glossaries = Glossaries(state)
    answerer = Answerer(translators, settings, memory, glossaries)
    documents = Documents(state, settings.document_hours)
    parser = Parser()
    worker = DocumentWorker(documents, answerer, access, parser)
    uploads = Uploads(documents, worker, access, translators, glossaries, parser, settings.max_document_characters)
    reloading = reload_changed_packages((translators, captioners), settings)
    gc.freeze()  # what is loaded stays to the end; a collection that looks through it holds all threads up
    tasks = [asyncio.create_task(worker.run()), asyncio.create_task(reloading)]
    try:
        yield Service(settings, translators, captioners, access, memory, glossaries, answerer, documents, uploads)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        parser.close()
        captioners.close()
        translators.close()
        if memory:
            memory.close()
        state.close()
        accounts.close()


def _captioners(settings: Settings, translators: Translators) -> Captioners:
    try:
        return Captioners(settings)
    except Exception:
        translators.close()
        raise
