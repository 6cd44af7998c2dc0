"""POST /translate_file and what follows it, in LibreTranslate's shape."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from service.dependencies import AccessDependency, DocumentsDependency, SettingsDependency, UploadsDependency
from service.documents import Documents, Job, Stage
from service.errors import Refused
from service.inputs import problems, read_upload, schema_of_file
from service.schemas import DocumentProgress, TranslatedFile, TranslateFileRequest
from service.uploads import Wish, translated_name

_ID_LENGTH = 32
_LOOK_SECONDS = 0.1

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
    """Take a document to be translated; answers when it is, or after a while with where it will be."""
    async with read_upload(connection, TranslateFileRequest) as (asked, file):
        caller = access.admit(connection, asked.api_key)
        job = await uploads.accept(file, Wish(asked.source, asked.target, asked.glossary, asked.column), caller)
    if asked.wait:
        job = await _finished(documents, job.id, settings.timeout_seconds)
        if job.stage is Stage.ERROR:
            raise Refused(400, job.message)
    base = str(connection.base_url)
    return TranslatedFile(
        translatedFileUrl=f"{base}download_file/{job.id}.{quote(translated_name(job), safe='')}",
        statusUrl=f"{base}translate_file/{job.id}",
    )


@router.get("/translate_file/{document_id}", responses=problems(404))
async def progress(document_id: str, documents: DocumentsDependency) -> DocumentProgress:
    """How far a document is."""
    job = documents.find(document_id)
    return DocumentProgress(
        status=job.stage, progress=round(job.progress, 3), characters=job.order.characters, error=job.message
    )


@router.get("/download_file/{reference}", response_class=Response, responses=problems(400, 404, 503))
async def download_file(reference: str, documents: DocumentsDependency, settings: SettingsDependency) -> Response:
    """A translated document, waited for if need be; who has its address may have it."""
    job = await _finished(documents, reference[:_ID_LENGTH], settings.timeout_seconds)
    if job.stage is Stage.ERROR:
        raise Refused(400, job.message)
    if job.stage is not Stage.DONE:
        raise Refused(503, "the document is still being translated: ask for it again")
    return file_response(job, await asyncio.to_thread(documents.result, job.id))


def file_response(job: Job, content: bytes) -> Response:
    """A file to save: a browser shall not show what a stranger may have written."""
    disposition = f"attachment; filename*=utf-8''{quote(translated_name(job), safe='')}"
    return Response(content, media_type="application/octet-stream", headers={"Content-Disposition": disposition})


async def _finished(documents: Documents, document_id: str, seconds: float) -> Job:
    """The document when it is translated or has failed, or as far as it is after `seconds`."""
    end = time.monotonic() + seconds
    while True:  # another process of the service may be at it, so that no event tells
        job = documents.find(document_id)
        if job.stage in {Stage.DONE, Stage.ERROR} or time.monotonic() > end:
            return job
        await asyncio.sleep(_LOOK_SECONDS)
