"""The web pages: static files that may load resources only from this service."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FILES = Path(__file__).parents[1] / "web"
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Cache-Control": "no-cache",
}
_DOCS_HEADERS = {
    **_HEADERS,
    # Swagger UI uses inline styles, and its style sheet embeds images.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
}


class _Files(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(_HEADERS)
        return response


def install_pages(app: FastAPI) -> None:
    """Serve the translation page at /, the API page at /docs, and their resources under /web and /swagger."""

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(_FILES / "index.html", headers=_HEADERS)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> FileResponse:
        return FileResponse(_FILES / "docs.html", headers=_DOCS_HEADERS)

    app.mount("/web", _Files(directory=_FILES), name="web")
    # FastAPI's own page loads Swagger UI from a CDN, which many of our users cannot reach.
    app.mount("/swagger", _Files(directory=str(files("fastapi_swagger") / "resources")), name="swagger")
