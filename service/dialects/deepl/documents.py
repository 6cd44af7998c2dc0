"""Document translation for DeepL's clients, under /v2."""

from __future__ import annotations

import asyncio
import hmac
import time

from fastapi import APIRouter, Request, Response

from nmt.errors import DocumentError
from service.dependencies import AccessDependency, DocumentsDependency, TranslatorsDependency, UploadsDependency
from service.dialects.deepl.bodies import DeeplDocumentRequest, DocumentHandle, DocumentKeyRequest, DocumentStatus
from service.dialects.deepl.edge import DEEPL, deepl_problems
from service.dialects.deepl.translate import check_languages
from service.documents.download import file_response
from service.documents.store import Documents, Job, Stage
from service.documents.uploads import DocumentUpload
from service.http.errors import NotFound, Refused
from service.http.inputs import read_request, read_upload, schema_of, schema_of_file
from service.translating.translators import AUTO

router = APIRouter(prefix=f"{DEEPL.prefix}/document", tags=["DeepL"])


@router.post("", responses=deepl_problems(404, 456), openapi_extra=schema_of_file(DeeplDocumentRequest))
async def upload(
    connection: Request, uploads: UploadsDependency, translators: TranslatorsDependency, access: AccessDependency
) -> DocumentHandle:
    """Upload a document for translation."""
    async with read_upload(connection, DeeplDocumentRequest) as (asked, file):
        caller = access.admit(connection, asked.auth_key)
        asked.check()
        check_languages(translators, asked.source_lang, asked.target_lang)
        wish = DocumentUpload(
            translators.code(asked.source_lang) if asked.source_lang else AUTO,
            translators.code(asked.target_lang),
            asked.glossary_id,
            name=asked.filename,
            kind=asked.output_format,
            must_differ=True,
        )
        try:
            job = await uploads.accept(file, wish, caller)
        except DocumentError as error:
            raise DocumentError(f"Invalid file data: {error}") from error
    return DocumentHandle(document_id=job.id, document_key=job.key)


@router.post("/{document_id}", responses=deepl_problems(404), openapi_extra=schema_of(DocumentKeyRequest))
async def status(
    connection: Request, document_id: str, documents: DocumentsDependency, access: AccessDependency
) -> DocumentStatus:
    """Return the status of a document."""
    job = await _job(connection, document_id, documents, access)
    return DocumentStatus(
        document_id=job.id,
        status=job.stage,
        seconds_remaining=_seconds_left(job),
        billed_characters=job.order.characters if job.stage is Stage.DONE else None,
        error_message=job.message,
    )


@router.post(
    "/{document_id}/result",
    response_class=Response,
    responses=deepl_problems(404),
    openapi_extra=schema_of(DocumentKeyRequest),
)
async def result(
    connection: Request, document_id: str, documents: DocumentsDependency, access: AccessDependency
) -> Response:
    """Download the translated document."""
    job = await _job(connection, document_id, documents, access)
    if job.stage is Stage.ERROR:  # a client would retry on 503
        raise Refused(400, job.message)
    if job.stage is not Stage.DONE:
        raise Refused(503, f"the document is {job.stage}: request it again when its status is done")
    return file_response(job, await asyncio.to_thread(documents.result, job.id))


async def _job(connection: Request, document_id: str, documents: Documents, access: AccessDependency) -> Job:
    """Return the document if the caller has its key. Raises NotFound."""
    asked = await read_request(connection, DocumentKeyRequest)
    caller = access.admit(connection, asked.auth_key)
    job = await asyncio.to_thread(documents.find, document_id)
    if job.order.owner != caller.owner or not hmac.compare_digest(job.key.encode(), asked.document_key.encode()):
        raise NotFound("there is no such document with that key: check document_id and document_key")
    return job


def _seconds_left(job: Job) -> int | None:
    """Estimate the remaining seconds from the time taken so far."""
    if job.stage is not Stage.TRANSLATING or not job.progress or job.started is None:
        return None
    elapsed = time.time() - job.started
    return max(1, round(elapsed / job.progress - elapsed))
