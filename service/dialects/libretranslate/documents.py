"""POST /translate_file and its related endpoints, in LibreTranslate's format."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from service.dependencies import AccessDependency, DocumentsDependency, SettingsDependency, UploadsDependency
from service.dialects.libretranslate.bodies import DocumentProgress, TranslatedFile, TranslateFileRequest
from service.documents.download import file_response
from service.documents.store import Documents, Job, Stage
from service.documents.uploads import DocumentUpload, translated_name
from service.http.client_disconnect import until_disconnect
from service.http.errors import Refused
from service.http.inputs import problems, read_upload, schema_of_file

_ID_LENGTH = 32
_LOOK_SECONDS = 0.1
"""Initial polling interval; a document that takes longer is polled less often."""
_MOST_LOOK_SECONDS = 1.0

router = APIRouter(tags=["documents"])


@router.post(
    "/translate_file",
    responses=problems(400, 403, 404, 408, 413, 429, 503),
    openapi_extra=schema_of_file(TranslateFileRequest),
)
async def translate_file(
    connection: Request,
    uploads: UploadsDependency,
    documents: DocumentsDependency,
    settings: SettingsDependency,
    access: AccessDependency,
) -> TranslatedFile:
    """Upload a document for translation. Responds with its URL once it is translated, or after a timeout."""
    async with read_upload(connection, TranslateFileRequest) as (asked, file):
        caller = access.admit(connection, asked.api_key)
        wish = DocumentUpload(
            asked.source,
            asked.target,
            asked.glossary,
            asked.column,
            translate_attributes=asked.translate_attributes,
        )
        job = await uploads.accept(file, wish, caller)
    if asked.wait:
        job = await until_disconnect(connection, _finished(documents, job.id, settings.timeout_seconds))
        if job.stage is Stage.ERROR:
            raise Refused(400, job.message)
    base = str(connection.base_url)
    return TranslatedFile(
        translatedFileUrl=f"{base}download_file/{job.id}.{quote(translated_name(job), safe='')}",
        statusUrl=f"{base}translate_file/{job.id}",
    )


@router.get("/translate_file/{document_id}", responses=problems(404))
async def progress(document_id: str, documents: DocumentsDependency) -> DocumentProgress:
    """Return the status and progress of a document."""
    job = await asyncio.to_thread(documents.find, document_id)
    return DocumentProgress(
        status=job.stage, progress=round(job.progress, 3), characters=job.order.characters, error=job.message
    )


@router.delete("/translate_file/{document_id}", status_code=204, responses=problems(404))
async def forget(document_id: str, documents: DocumentsDependency) -> None:
    """Delete a document and its translation before they expire."""
    await asyncio.to_thread(documents.forget, document_id)


@router.get("/download_file/{reference}", response_class=Response, responses=problems(400, 404, 503))
async def download_file(
    connection: Request, reference: str, documents: DocumentsDependency, settings: SettingsDependency
) -> Response:
    """Download a translated document, waiting for it if necessary. Anyone who knows its URL may do so."""
    await connection.body()
    document_id = reference[:_ID_LENGTH]
    job = await until_disconnect(connection, _finished(documents, document_id, settings.timeout_seconds))
    if job.stage is Stage.ERROR:
        raise Refused(400, job.message)
    if job.stage is not Stage.DONE:
        raise Refused(503, "the document is still being translated: request it again later")
    return file_response(job, await asyncio.to_thread(documents.result, job.id))


async def _finished(documents: Documents, document_id: str, seconds: float) -> Job:
    """Return the document once it is translated or has failed, or in its current state after `seconds`."""
    end, pause = time.monotonic() + seconds, _LOOK_SECONDS
    while True:  # another process may be translating it, so no event signals its end
        job = await asyncio.to_thread(documents.find, document_id)
        if job.stage in {Stage.DONE, Stage.ERROR} or time.monotonic() > end:
            return job
        await asyncio.sleep(pause)
        pause = min(1.5 * pause, _MOST_LOOK_SECONDS)
