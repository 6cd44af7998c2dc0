"""Response that contains a translated document."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Response
from starlette.responses import StreamingResponse

from service.documents.store import Job
from service.documents.uploads import translated_name

_PIECE_BYTES = 65536


def file_response(job: Job, content: bytes) -> Response:
    """Return a file as a download, so that a browser does not display untrusted content."""
    disposition = f"attachment; filename*=utf-8''{quote(translated_name(job), safe='')}"
    headers = {"Content-Disposition": disposition, "Content-Length": str(len(content))}
    # Sent in pieces, so that a client that stops reading is detected and uses no memory beyond the file's.
    pieces = (content[start : start + _PIECE_BYTES] for start in range(0, len(content), _PIECE_BYTES))
    return StreamingResponse(pieces, media_type="application/octet-stream", headers=headers)
