"""Read, check and count an uploaded file, and store it for translation."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import PurePath

from starlette.datastructures import UploadFile

from nmt.documents import SUPPORTED, written_extension
from nmt.errors import OptionOutOfRange, RequestError, TextTooLong
from service.access.access import Access, Caller
from service.documents.parser import Parser
from service.documents.store import Documents, Job, Order
from service.documents.worker import DocumentWorker
from service.translating.glossary_store import Glossaries
from service.translating.translators import AUTO, Translators


@dataclass(frozen=True, slots=True)
class DocumentUpload:
    """The options of an upload."""

    source: str
    """Language code, or auto."""
    target: str
    glossary: str | None = None
    column: str | None = None
    name: str | None = None
    """Overrides the name of the uploaded file."""
    kind: str | None = None
    """Requested file extension of the translation, such as docx. Must be the one that the document gets."""
    translate_attributes: bool = False
    must_differ: bool = False
    """Whether a text that is already in the target language is an error."""


class Uploads:
    """Accepts uploaded documents."""

    def __init__(
        self,
        documents: Documents,
        worker: DocumentWorker,
        access: Access,
        translators: Translators,
        glossaries: Glossaries,
        parser: Parser,
        most_characters: int,
    ) -> None:
        """`most_characters`: maximum number of characters to translate in a document."""
        self._documents = documents
        self._worker = worker
        self._access = access
        self._translators = translators
        self._glossaries = glossaries
        self._parser = parser
        self._most_characters = most_characters

    async def accept(self, file: UploadFile, wish: DocumentUpload, caller: Caller) -> Job:
        """Store `file` for translation; it is on disk when this returns.

        Raises DocumentError, RequestError, UnsupportedPair, NotFound, Overloaded, and Refused if the caller's quota
        is exceeded.
        """
        wish = self._in_served_codes(wish)
        self._check(wish, caller)
        name = PurePath((wish.name or file.filename or "").replace("\\", "/").replace("\0", "")).name
        if not name:
            raise RequestError(f"the file has no name: give it one that ends with {', '.join(SUPPORTED)}")
        if wish.kind and written_extension(name).lower() != f".{wish.kind.lower()}":
            raise OptionOutOfRange(f"output_format is {wish.kind}, but {name} cannot be converted: omit output_format")
        await asyncio.to_thread(self._documents.check_room, caller.owner)
        content = await file.read()
        # Opened now to report errors immediately, and to count the characters to translate.
        document = await self._parser.open_uploaded(name, content, wish.column, wish.target)
        characters = sum(len(fragment.text) for fragment in document.texts)
        if characters > self._most_characters:
            raise TextTooLong(
                f"{name} has {characters} characters to translate, at most {self._most_characters} are allowed: send "
                f"it in parts"
            )
        charge = await self._access.spend(caller, characters)
        order = Order(
            caller.owner,
            name,
            wish.source,
            wish.target,
            wish.glossary,
            wish.column,
            characters,
            charge.characters,
            charge.month,
            wish.translate_attributes,
            wish.must_differ,
        )
        try:
            job = await asyncio.to_thread(self._documents.add, order, content)
        except BaseException:
            self._access.give_back(charge)
            raise
        self._worker.wake()
        return job

    def _in_served_codes(self, wish: DocumentUpload) -> DocumentUpload:
        source = AUTO if wish.source.lower() == AUTO else self._translators.code(wish.source)
        return replace(wish, source=source, target=self._translators.code(wish.target))

    def _check(self, wish: DocumentUpload, caller: Caller) -> None:
        if wish.source == AUTO:
            if wish.glossary:
                raise RequestError("Use of a glossary requires the source language: set it instead of auto")
            if not self._translators.sources(wish.target):
                self._translators.find(AUTO, wish.target)
            return
        if wish.source != wish.target or wish.source not in self._translators.codes():
            self._translators.find(wish.source, wish.target)
        if wish.glossary:
            self._glossaries.for_pair(caller.owner, wish.glossary, wish.source, wish.target)


def translated_name(job: Job) -> str:
    """Return the file name of the translation: notes.txt becomes notes.de.txt, and notes.pdf notes.de.html."""
    name = job.order.name
    return f"{PurePath(name).stem}.{job.order.target}{written_extension(name)}"
