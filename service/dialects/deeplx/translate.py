"""POST /deeplx/translate, and POST /translate with the field `text`."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, field_validator

from service.dependencies import AccessDependency, AnswererDependency, TranslatorsDependency
from service.http.client_disconnect import until_disconnect
from service.http.inputs import parameters_of, read_request, schema_of
from service.translating.request import TranslateRequest, is_unicode
from service.translating.translators import AUTO

_ALTERNATIVES = 3


class DeeplxRequest(BaseModel):
    """POST /deeplx/translate. Other fields have no effect."""

    text: str = Field(description="The text to translate.")
    target_lang: str = Field(min_length=1, description="Language code of the translation.")
    source_lang: str = Field(default=AUTO, description="Language code of the text; detected if left out or auto.")
    tag_handling: Literal["html", "xml"] | None = Field(default=None, description="Kind of tags in the text.")
    api_key: str | None = Field(default=None, description="Or use the header Authorization: Bearer KEY.")

    _is_unicode = field_validator("text", "target_lang", "source_lang")(is_unicode)


class DeeplxAnswer(BaseModel):
    """The translation."""

    code: Literal[200] = 200
    id: int = Field(default=0, description="DeepLX numbers its requests; this service does not.")
    data: str = Field(description="The translation.")
    alternatives: list[str]
    source_lang: str
    target_lang: str
    method: Literal["Free"] = "Free"


class DeeplxProblem(BaseModel):
    """Any error."""

    message: str


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": DeeplxProblem} for status in (400, 403, 408, 413, 429, 503)
}

router = APIRouter(prefix="/deeplx", tags=["DeepLX"])


@router.get(
    "/translate",
    responses=_PROBLEMS,
    openapi_extra=parameters_of(DeeplxRequest),
    operation_id="deeplx_translate_by_query",
)
@router.post("/translate", responses=_PROBLEMS, openapi_extra=schema_of(DeeplxRequest), operation_id="deeplx_translate")
async def translate(
    connection: Request, translators: TranslatorsDependency, answerer: AnswererDependency, access: AccessDependency
) -> DeeplxAnswer:
    """Translate a text. POST /translate does the same for a request with the field `text`."""
    asked = await read_request(connection, DeeplxRequest)
    caller = access.admit(connection, asked.api_key)
    request = TranslateRequest(
        q=asked.text,
        source=asked.source_lang,
        target=asked.target_lang,
        format="html" if asked.tag_handling else "text",
        alternatives=_ALTERNATIVES,
    )
    async with access.charge(caller, len(asked.text)):
        (answer,) = await until_disconnect(connection, answerer.answer(request, caller.owner))
    source = answer.detected.language if answer.detected else translators.code(asked.source_lang)
    return DeeplxAnswer(
        data=answer.texts[0],
        alternatives=answer.texts[1:],
        source_lang=source.upper(),
        target_lang=translators.code(asked.target_lang).upper(),
    )
