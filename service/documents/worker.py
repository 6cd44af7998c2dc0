"""Translate queued documents in the background."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sqlite3
from contextlib import suppress
from pathlib import PurePath

from nmt.documents import written_extension
from nmt.errors import DocumentError, NmtError, TranslatorClosed
from service.access.access import Access, Charge
from service.documents.fragments import parts, sample_of
from service.documents.parser import Parser
from service.documents.store import LEASE_SECONDS, Documents, Job
from service.translating.answerer import Answerer
from service.translating.executor import ProgressCallback
from service.translating.request import TranslateRequest
from service.translating.translators import AUTO

_AT_ONCE = 2
"""Documents translated concurrently, so that a short one need not wait for a long one."""
_LOOK_SECONDS = 2.0
"""Polling interval for documents that another process accepted or abandoned, and for expired documents."""
_MOST_ATTEMPTS = 3
"""Maximum number of starts of a document. One that crashes the process every time is not started again."""
_LOG = logging.getLogger("service.documents")


class DocumentWorker:
    """Translates queued documents until cancelled."""

    def __init__(self, documents: Documents, answerer: Answerer, access: Access, parser: Parser) -> None:
        self._documents = documents
        self._answerer = answerer
        self._access = access
        self._parser = parser
        self._has_come = asyncio.Event()

    def wake(self) -> None:
        """Signal that a document has arrived."""
        self._has_come.set()

    async def run(self) -> None:
        """Translate documents as they arrive."""
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(self._work(secrets.token_hex(8)))

    async def _work(self, worker: str) -> None:
        while True:
            self._has_come.clear()
            try:
                has_worked = await self._take_next(worker)
            except sqlite3.Error as error:  # may be temporary: a full disk, or a lock of another process
                _LOG.error("documents not read", extra={"reason": str(error)})
                has_worked = False
            if not has_worked:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_SECONDS):
                        await self._has_come.wait()

    async def _take_next(self, worker: str) -> bool:
        """Translate the next document. Return False if there is none."""
        for forgotten in await asyncio.to_thread(self._documents.forget_old):
            self._give_back(forgotten)
        job = await asyncio.to_thread(self._documents.claim, worker)
        if job is None:
            return False
        if job.attempts > _MOST_ATTEMPTS:
            self._fail(job, worker, "the server failed on this document repeatedly: contact its operator")
        else:
            await self._take(job, worker)
        return True

    async def _take(self, job: Job, worker: str) -> None:
        """Translate a document. When cancelled, return it to the queue."""
        heart = _LeaseRenewal(self._documents, job, worker)
        beating = asyncio.create_task(heart.beat())
        try:
            result = await self._translated(job, heart.tell)
            await asyncio.to_thread(self._documents.finish, job.id, worker, result)
        except asyncio.CancelledError:
            self._documents.release(job, worker)
            raise
        except sqlite3.Error:
            raise
        except NmtError as error:
            self._fail(job, worker, str(error))
        except Exception:  # one document must not stop the others
            _LOG.exception("document failed")
            self._fail(job, worker, "the server failed on this document: contact its operator")
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    def _fail(self, job: Job, worker: str, message: str) -> None:
        if self._documents.fail(job.id, worker, message):
            self._give_back(job)

    def _give_back(self, job: Job) -> None:
        self._access.give_back(Charge(job.order.owner, job.order.charged, job.order.month))

    async def _translated(self, job: Job, tell: ProgressCallback) -> bytes:
        order = job.order
        content = await asyncio.to_thread(self._documents.content, job.id)
        document = await self._parser.open(order.name, content, order.column, order.target)
        fragments = document.texts
        source = order.source
        if source == AUTO:
            sample = await asyncio.to_thread(sample_of, fragments)
            source = (await self._answerer.detected([sample], order.target))[0].language
        if source == order.target:
            if order.must_differ:
                raise DocumentError(
                    f"Source and target language are equal: {order.name} is in {source} already: choose another target"
                )
            is_same_kind = PurePath(order.name).suffix == written_extension(order.name)
            unchanged = [fragment.text for fragment in fragments]
            return content if is_same_kind else await self._parser.write(document, unchanged)
        texts: list[str] = []
        for part, form in parts(fragments):
            done, share = len(texts) / len(fragments), len(part) / len(fragments)

            def tell_part(inside: float, done: float = done, share: float = share) -> None:
                tell(done + share * inside)

            request = TranslateRequest(
                q=part,
                source=source,
                target=order.target,
                format=form,
                glossary=order.glossary,
                translate_attributes=order.translate_attributes,
            )
            texts += await self._answered(request, order.owner, tell_part)
        return await self._parser.write(document, texts)

    async def _answered(self, request: TranslateRequest, owner: str, tell: ProgressCallback) -> list[str]:
        """Return the translations of a part. Retry with the new translator if the current one is replaced."""
        while True:
            try:
                return [each.texts[0] for each in await self._answerer.answer_document(request, owner, tell)]
            except TranslatorClosed:
                await asyncio.sleep(_LOOK_SECONDS)


class _LeaseRenewal:
    """Renews the lease of a document and records its progress periodically."""

    def __init__(self, documents: Documents, job: Job, worker: str) -> None:
        self._documents = documents
        self._job = job
        self._worker = worker
        self._progress = 0.0

    def tell(self, progress: float) -> None:
        """Set the progress, from 0 to 1."""
        self._progress = progress

    async def beat(self) -> None:
        """Renew the lease until cancelled."""
        while True:
            await asyncio.sleep(LEASE_SECONDS / 10.0)
            with suppress(sqlite3.Error):  # the next beat makes up for a missed one
                await asyncio.to_thread(self._documents.renew, self._job.id, self._worker, self._progress)
