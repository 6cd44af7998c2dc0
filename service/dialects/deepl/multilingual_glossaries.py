"""Glossaries of several language pairs for DeepL's clients, under /v3. Version 2 shows those of one pair."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request

from nmt.errors import RequestError
from service.dependencies import AccessDependency, GlossariesDependency, TranslatorsDependency
from service.dialects.deepl.caller import DeeplCallerDependency
from service.dialects.deepl.edge import deepl_problems
from service.dialects.deepl.glossaries import served_pair
from service.dialects.deepl.multilingual_bodies import (
    ChangeRequest,
    DictionaryAnswer,
    DictionaryEntries,
    DictionaryRequest,
    EntriesAnswer,
    MultilingualAnswer,
    MultilingualList,
    MultilingualRequest,
    PairRequest,
)
from service.http.inputs import parameters_of, read_request, schema_of
from service.translating.glossary_store import Pair, read_entries, written_entries
from service.translating.translators import Translators

router = APIRouter(prefix="/v3/glossaries", tags=["DeepL"])


@router.post(
    "",
    status_code=201,
    responses=deepl_problems(),
    openapi_extra=schema_of(MultilingualRequest),
    operation_id="deepl_create_multilingual_glossary",
)
async def create(
    connection: Request, translators: TranslatorsDependency, glossaries: GlossariesDependency, access: AccessDependency
) -> MultilingualAnswer:
    """Create a glossary with a dictionary for each of its language pairs."""
    asked = await read_request(connection, MultilingualRequest)
    caller = access.admit(connection, asked.auth_key)
    dictionaries = _read(translators, asked.dictionaries)
    return MultilingualAnswer.of(await asyncio.to_thread(glossaries.create, caller.owner, asked.name, dictionaries))


@router.get("", responses=deepl_problems(), operation_id="deepl_list_multilingual_glossaries")
async def list_all(glossaries: GlossariesDependency, caller: DeeplCallerDependency) -> MultilingualList:
    """List the caller's glossaries."""
    return MultilingualList(glossaries=[MultilingualAnswer.of(each) for each in glossaries.all(caller.owner)])


@router.get("/{glossary_id}", responses=deepl_problems(404), operation_id="deepl_show_multilingual_glossary")
async def show(glossary_id: str, glossaries: GlossariesDependency, caller: DeeplCallerDependency) -> MultilingualAnswer:
    """Return a glossary without its entries."""
    return MultilingualAnswer.of(glossaries.find(caller.owner, glossary_id))


@router.patch(
    "/{glossary_id}",
    responses=deepl_problems(404),
    openapi_extra=schema_of(ChangeRequest),
    operation_id="deepl_change_multilingual_glossary",
)
async def change(
    connection: Request,
    glossary_id: str,
    translators: TranslatorsDependency,
    glossaries: GlossariesDependency,
    access: AccessDependency,
) -> MultilingualAnswer:
    """Rename a glossary, and add entries to its dictionaries or replace them."""
    asked = await read_request(connection, ChangeRequest)
    caller = access.admit(connection, asked.auth_key)
    added = _read(translators, asked.dictionaries)
    return MultilingualAnswer.of(
        await asyncio.to_thread(glossaries.change, caller.owner, glossary_id, asked.name, added)
    )


@router.delete(
    "/{glossary_id}",
    status_code=204,
    responses=deepl_problems(404),
    operation_id="deepl_remove_multilingual_glossary",
)
async def remove(glossary_id: str, glossaries: GlossariesDependency, caller: DeeplCallerDependency) -> None:
    """Delete a glossary."""
    glossaries.remove(caller.owner, glossary_id)


@router.get(
    "/{glossary_id}/entries",
    responses=deepl_problems(404),
    openapi_extra=parameters_of(PairRequest),
    operation_id="deepl_entries_of_multilingual_glossary",
)
async def entries(
    connection: Request,
    glossary_id: str,
    translators: TranslatorsDependency,
    glossaries: GlossariesDependency,
    access: AccessDependency,
) -> EntriesAnswer:
    """Return the entries of one dictionary of a glossary."""
    asked = await read_request(connection, PairRequest)
    caller = access.admit(connection, asked.auth_key)
    pair = translators.code(asked.source_lang), translators.code(asked.target_lang)
    written = written_entries(glossaries.entries(caller.owner, glossary_id, pair))
    return EntriesAnswer(dictionaries=[DictionaryEntries(source_lang=pair[0], target_lang=pair[1], entries=written)])


@router.put(
    "/{glossary_id}/dictionaries",
    responses=deepl_problems(404),
    openapi_extra=schema_of(DictionaryRequest),
    operation_id="deepl_replace_dictionary",
)
async def replace_dictionary(
    connection: Request,
    glossary_id: str,
    translators: TranslatorsDependency,
    glossaries: GlossariesDependency,
    access: AccessDependency,
) -> DictionaryAnswer:
    """Replace or add one dictionary of a glossary."""
    asked = await read_request(connection, DictionaryRequest)
    caller = access.admit(connection, asked.auth_key)
    ((pair, found),) = _read(translators, [asked]).items()
    return DictionaryAnswer.of(await asyncio.to_thread(glossaries.replace, caller.owner, glossary_id, pair, found))


@router.delete(
    "/{glossary_id}/dictionaries",
    status_code=204,
    responses=deepl_problems(404),
    openapi_extra=parameters_of(PairRequest),
    operation_id="deepl_remove_dictionary",
)
async def remove_dictionary(
    connection: Request,
    glossary_id: str,
    translators: TranslatorsDependency,
    glossaries: GlossariesDependency,
    access: AccessDependency,
) -> None:
    """Delete one dictionary of a glossary."""
    asked = await read_request(connection, PairRequest)
    caller = access.admit(connection, asked.auth_key)
    pair = translators.code(asked.source_lang), translators.code(asked.target_lang)
    await asyncio.to_thread(glossaries.remove_dictionary, caller.owner, glossary_id, pair)


def _read(translators: Translators, asked: list[DictionaryRequest]) -> dict[Pair, dict[str, str]]:
    """Return the entries by language pair. Raises RequestError, also for a pair that occurs twice."""
    found: dict[Pair, dict[str, str]] = {}
    for each in asked:
        pair = served_pair(translators, each.source_lang, each.target_lang)
        if pair in found:
            raise RequestError(f"dictionaries has {pair[0]} to {pair[1]} twice: send one dictionary for each pair")
        found[pair] = read_entries(each.entries, each.entries_format)
    return found
