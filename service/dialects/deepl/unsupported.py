"""What DeepL's API has and this service has not: each is refused in a sentence, in the shape of its errors."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter

from service.http.errors import NotFound, Refused

router = APIRouter(include_in_schema=False)

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_SPEECH = "this server does not translate speech: send its text to /v2/translate"
_ABSENT = {
    "/v2/write": "this server does not rephrase or correct texts: it translates them, with /v2/translate",
    "/v3/style_rules": "this server has no style rules: leave style_id out, and use a glossary for terms",
    "/v3/voice": _SPEECH,
    "/v1/jobs/voice": _SPEECH,
    "/v1/quality-evaluation": "this server does not judge translations: score a package with `nmt evaluate`",
}
"""Why there is nothing below a path."""


@router.api_route("/v2/admin", methods=_METHODS)
@router.api_route("/v2/admin/{rest:path}", methods=_METHODS)
async def administration() -> None:
    """Refuse what only an administrator's key may do, as there are none."""
    raise Refused(403, "this server is not administered over HTTP: its operator makes keys with `nmt keys`")


def _refusing(message: str) -> Callable[[], Coroutine[Any, Any, None]]:
    async def refuse() -> None:
        raise NotFound(message)

    return refuse


for _path, _message in _ABSENT.items():
    router.add_api_route(_path, _refusing(_message), methods=_METHODS)
    router.add_api_route(f"{_path}/{{rest:path}}", _refusing(_message), methods=_METHODS)
