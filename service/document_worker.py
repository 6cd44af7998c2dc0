"""Translates the documents that wait, beside the requests."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from nmt.documents import Document, Fragment, open_document
from nmt.errors import NmtError
from nmt.text import Markup
from service.access import Access
from service.documents import LEASE_SECONDS, Documents, Job
from service.schemas import TranslateRequest
from service.translation import AUTO, Answerer

_AT_ONCE = 2
"""Documents: a short one need not wait for a long one."""
_FRAGMENTS = 32
"""Translated together: enough for full batches, few enough for progress to be seen."""
_LOOK_SECONDS = 2.0
"""How often documents are looked for that another process accepted or left, and those whose time is over."""
_SAMPLE_CHARACTERS = 2000
_LOG = logging.getLogger("service.documents")


class DocumentWorker:
    """Takes documents one after the other until it is cancelled."""

    def __init__(self, documents: Documents, answerer: Answerer, access: Access) -> None:
        self._documents = documents
        self._answerer = answerer
        self._access = access
        self._has_come = asyncio.Event()

    def wake(self) -> None:
        """Say that a document has come."""
        self._has_come.set()

    async def run(self) -> None:
        """Translate whatever comes."""
        await asyncio.gather(*(self._work(secrets.token_hex(8)) for _ in range(_AT_ONCE)))

    async def _work(self, worker: str) -> None:
        while True:
            self._has_come.clear()
            await asyncio.to_thread(self._documents.forget_old)
            job = await asyncio.to_thread(self._documents.claim, worker)
            if job is not None:
                await self._take(job, worker)
                continue
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._has_come.wait()
            except TimeoutError:
                continue

    async def _take(self, job: Job, worker: str) -> None:
        """Translate a document; when cancelled, leave it to whoever comes next."""
        heart = _Heart(self._documents, job, worker)
        try:
            beating = asyncio.create_task(heart.beat())
            try:
                result = await self._translated(job, heart.tell)
            finally:
                beating.cancel()
                await asyncio.gather(beating, return_exceptions=True)
            await asyncio.to_thread(self._documents.finish, job.id, worker, result)
        except asyncio.CancelledError:
            self._documents.release(job.id, worker)
            raise
        except NmtError as error:
            self._fail(job, worker, str(error))
        except Exception:  # whatever a document does, the others are translated
            _LOG.exception("document failed")
            self._fail(job, worker, "the server failed on this document: tell its operator")

    def _fail(self, job: Job, worker: str, message: str) -> None:
        self._documents.fail(job.id, worker, message)
        self._access.give_back(job.order.owner, job.order.charged)

    async def _translated(self, job: Job, tell: Callable[[float], None]) -> bytes:
        order = job.order
        content = await asyncio.to_thread(self._documents.content, job.id)
        document = await asyncio.to_thread(open_document, order.name, content, column=order.column)
        fragments = document.texts
        source = order.source
        if source == AUTO:
            source = (await self._answerer.detected([_sample(fragments)], order.target))[0].language
            if source == order.target:
                return content
        texts: list[str] = []
        for part, form in _parts(fragments):
            done, share = len(texts) / len(fragments), len(part) / len(fragments)

            def tell_part(inside: float, done: float = done, share: float = share) -> None:
                tell(done + share * inside)

            request = TranslateRequest(q=part, source=source, target=order.target, format=form, glossary=order.glossary)
            answers = await self._answerer.answer_patiently(request, order.owner, tell_part)
            texts += [each.texts[0] for each in answers]
        return await asyncio.to_thread(document.with_texts, texts)


class _Heart:
    """Says from time to time that a document is being translated, and how far it is."""

    def __init__(self, documents: Documents, job: Job, worker: str) -> None:
        self._documents = documents
        self._job = job
        self._worker = worker
        self._progress = 0.0

    def tell(self, progress: float) -> None:
        """From 0 to 1."""
        self._progress = progress

    async def beat(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(LEASE_SECONDS / 10.0)
            await asyncio.to_thread(self._documents.renew, self._job.id, self._worker, self._progress)


def characters_of(document: Document) -> int:
    """How many characters of a document are translated."""
    return sum(len(fragment.text) for fragment in document.texts)


def _parts(fragments: Sequence[Fragment]) -> Iterator[tuple[list[str], str]]:
    """Neighbouring fragments of one form, a few at a time."""
    for form, group in groupby(fragments, lambda fragment: fragment.form):
        texts = [fragment.text for fragment in group]
        for start in range(0, len(texts), _FRAGMENTS):
            yield texts[start : start + _FRAGMENTS], form


def _sample(fragments: Sequence[Fragment]) -> str:
    """Enough text to tell its language."""
    sample = ""
    for fragment in fragments:
        is_html = fragment.form == "html"
        texts = [each.text for each in Markup(fragment.text).texts] if is_html else [fragment.text]
        sample += " ".join(texts) + " "
        if len(sample) > _SAMPLE_CHARACTERS:
            break
    return sample[:_SAMPLE_CHARACTERS]
