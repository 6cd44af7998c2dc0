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
from service.http.errors import NotFound
from service.http.inputs import read_request, schema_of
from service.translating.glossary_store import Glossaries, Pair, StoredGlossary, read_entries, written_entries
from service.translating.translators import Translators

router = APIRouter(prefix=DEEPL.prefix, tags=["DeepL"])


@router.post("/glossaries", status_code=201, responses=deepl_problems(), openapi_extra=schema_of(GlossaryRequest))
async def create(
    connection: Request, translators: TranslatorsDependency, glossaries: GlossariesDependency, access: AccessDependency
) -> GlossaryAnswer:
    """Create a glossary."""
    asked = await read_request(connection, GlossaryRequest)
    caller = access.admit(connection, asked.auth_key)
    pair = served_pair(translators, asked.source_lang, asked.target_lang)
    entries = read_entries(asked.entries, asked.entries_format)
    made = await asyncio.to_thread(glossaries.create, caller.owner, asked.name, {pair: entries})
    return GlossaryAnswer.of(made)


@router.get("/glossaries", responses=deepl_problems())
async def list_all(glossaries: GlossariesDependency, caller: DeeplCallerDependency) -> GlossariesList:
    """List the caller's glossaries of one language pair. Version 3 lists all."""
    single = [each for each in glossaries.all(caller.owner) if len(each.dictionaries) == 1]
    return GlossariesList(glossaries=[GlossaryAnswer.of(each) for each in single])


@router.get("/glossaries/{glossary_id}", responses=deepl_problems(404))
async def show(glossary_id: str, glossaries: GlossariesDependency, caller: DeeplCallerDependency) -> GlossaryAnswer:
    """Return a glossary without its entries."""
    return GlossaryAnswer.of(_single(glossaries, caller.owner, glossary_id))


@router.get("/glossaries/{glossary_id}/entries", response_class=Response, responses=deepl_problems(404))
async def entries(glossary_id: str, glossaries: GlossariesDependency, caller: DeeplCallerDependency) -> Response:
    """Return the entries of a glossary as tab-separated lines."""
    (only,) = _single(glossaries, caller.owner, glossary_id).dictionaries
    text = written_entries(glossaries.entries(caller.owner, glossary_id, (only.source, only.target)))
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


def served_pair(translators: Translators, source: str, target: str) -> Pair:
    """Return a language pair as the packages name it. Raises UnsupportedPair."""
    pair = translators.code(source), translators.code(target)
    translators.find(*pair)
    return pair


def _single(glossaries: Glossaries, owner: str, glossary_id: str) -> StoredGlossary:
    """Return a glossary of one language pair. Raises NotFound."""
    found = glossaries.find(owner, glossary_id)
    if len(found.dictionaries) != 1:
        raise NotFound(
            f"glossary {glossary_id} has {len(found.dictionaries)} dictionaries: use /v3/glossaries/{glossary_id}"
        )
    return found
