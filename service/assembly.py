"""Assemble the components of the service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from service.access.access import Access
from service.access.keys import Keys
from service.documents.parser import Parser
from service.documents.store import Documents
from service.documents.uploads import Uploads
from service.documents.worker import DocumentWorker
from service.settings import Settings
from service.state import State
from service.translating.answerer import Answerer
from service.translating.glossary_store import Glossaries
from service.translating.reloading import keep_fresh
from service.translating.suggestions import Memory
from service.translating.translators import Translators


@dataclass(frozen=True, slots=True)
class Service:
    """The components that requests share."""

    settings: Settings
    translators: Translators
    access: Access
    memory: Memory | None
    """None when suggestions are off."""
    glossaries: Glossaries
    answerer: Answerer
    documents: Documents
    uploads: Uploads


@asynccontextmanager
async def running_service(settings: Settings) -> AsyncIterator[Service]:
    """Run the service and its background tasks. Raises PackageError and ConfigError."""
    translators = Translators(settings)
    state = State(settings.state_dir)
    accounts = State(settings.state_dir, synchronous="normal")  # written on every request
    access = Access(settings, Keys(accounts))
    memory = Memory(state) if settings.suggestions else None
    glossaries = Glossaries(state)
    answerer = Answerer(translators, settings, memory, glossaries)
    documents = Documents(state, settings.document_hours)
    parser = Parser()
    worker = DocumentWorker(documents, answerer, access, parser)
    uploads = Uploads(documents, worker, access, translators, glossaries, parser, settings.max_document_characters)
    tasks = [asyncio.create_task(worker.run()), asyncio.create_task(keep_fresh(translators, settings))]
    try:
        yield Service(settings, translators, access, memory, glossaries, answerer, documents, uploads)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        parser.close()
        translators.close()
        state.close()
        accounts.close()
