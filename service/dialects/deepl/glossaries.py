"""Glossaries for DeepL's clients, under /v2."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response

from service.dependencies import AccessDependency, GlossariesDependency, TranslatorsDependency
from service.dialects.deepl.bodies import (
    GlossariesList,
    GlossaryAnswer,
    GlossaryLanguagePair,
    GlossaryLanguagePairs,
    GlossaryRequest,
)
from service.dialects.deepl.caller import DeeplCallerDependency
from service.dialects.deepl.edge import DEEPL, deepl_problems
from service.http.inputs import read_request, schema_of
from service.translating.glossary_store import read_entries, written_entries

router = APIRouter(prefix=DEEPL.prefix, tags=["DeepL"])


@router.post("/glossaries", status_code=201, responses=deepl_problems(), openapi_extra=schema_of(GlossaryRequest))
async def create(
    connection: Request, translators: TranslatorsDependency, glossaries: GlossariesDependency, access: AccessDependency
) -> GlossaryAnswer:
    """Create a glossary."""
    asked = await read_request(connection, GlossaryRequest)
    caller = access.admit(connection, asked.auth_key)
    source, target = translators.code(asked.source_lang), translators.code(asked.target_lang)
    translators.find(source, target)
    entries = read_entries(asked.entries, asked.entries_format)
    made = await asyncio.to_thread(glossaries.create, caller.owner, asked.name, source, target, entries)
    return GlossaryAnswer.of(made)


@router.get("/glossaries", responses=deepl_problems())
async def list_all(glossaries: GlossariesDependency, caller: DeeplCallerDependency) -> GlossariesList:
    """List the caller's glossaries."""
    return GlossariesList(glossaries=[GlossaryAnswer.of(each) for each in glossaries.all(caller.owner)])


@router.get("/glossaries/{glossary_id}", responses=deepl_problems(404))
async def show(glossary_id: str, glossaries: GlossariesDependency, caller: DeeplCallerDependency) -> GlossaryAnswer:
    """Return a glossary without its entries."""
    return GlossaryAnswer.of(glossaries.find(caller.owner, glossary_id))


@router.get("/glossaries/{glossary_id}/entries", response_class=Response, responses=deepl_problems(404))
async def entries(glossary_id: str, glossaries: GlossariesDependency, caller: DeeplCallerDependency) -> Response:
    """Return the entries of a glossary as tab-separated lines."""
    text = written_entries(glossaries.entries(caller.owner, glossary_id))
    return Response(text, media_type="text/tab-separated-values")


@router.delete("/glossaries/{glossary_id}", status_code=204, responses=deepl_problems(404))
async def remove(glossary_id: str, glossaries: GlossariesDependency, caller: DeeplCallerDependency) -> None:
    """Delete a glossary."""
    glossaries.remove(caller.owner, glossary_id)


@router.get("/glossary-language-pairs", responses=deepl_problems())
async def language_pairs(translators: TranslatorsDependency, caller: DeeplCallerDependency) -> GlossaryLanguagePairs:
    """List the language pairs that glossaries support, which are all served pairs."""
    return GlossaryLanguagePairs(
        supported_languages=[
            GlossaryLanguagePair(source_lang=language.code, target_lang=target)
            for language in translators.languages()
            for target in language.targets
        ]
    )
