"""GET /plain/translate, with the names of fields that the settings choose."""

from __future__ import annotations

from fastapi import APIRouter, Request

from nmt.errors import RequestError
from service.dependencies import AccessDependency, AnswererDependency, SettingsDependency
from service.http.client_disconnect import until_disconnect
from service.http.inputs import problems, query_fields
from service.translating.request import TranslateRequest

router = APIRouter(prefix="/plain", tags=["plain"])


@router.get(
    "/translate",
    responses=problems(400, 403, 429, 503),
    openapi_extra={
        "parameters": [
            {"name": name, "in": "query", "required": True, "schema": {"type": "string"}}
            for name in ("source", "target", "text")
        ]
    },
    operation_id="plain_translate",
)
async def translate(
    connection: Request, settings: SettingsDependency, answerer: AnswererDependency, access: AccessDependency
) -> dict[str, str]:
    """Translate a text. NMT_PLAIN_NAMES sets the names of the three fields and of the answer's."""
    source, target, text, translation = settings.plain_names.split(",")
    fields = query_fields(connection)
    for name in (source, target, text):
        if not isinstance(fields.get(name), str) or not fields[name]:
            raise RequestError(f"Invalid request: missing {name} parameter: send {source}, {target} and {text}, once")
    caller = access.admit(connection, None)
    request = TranslateRequest(q=fields[text], source=fields[source], target=fields[target])
    async with access.charge(caller, len(fields[text])):
        (answer,) = await until_disconnect(connection, answerer.answer(request, caller.owner))
    return {translation: answer.texts[0]}
