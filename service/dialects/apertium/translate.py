"""/listPairs, and /apertium/translate, which is /translate with the field `langpair`."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, field_validator

from nmt.errors import RequestError
from service.dependencies import AccessDependency, AnswererDependency, TranslatorsDependency
from service.http.client_disconnect import until_disconnect
from service.http.inputs import parameters_of, read_request, schema_of
from service.translating.language_codes import code_of_three_letters
from service.translating.request import Keyed, TranslateRequest, is_unicode

_FORMS: dict[str, Literal["text", "html"]] = {"html": "html", "txt": "text", "text": "text"}


class ApertiumRequest(Keyed):
    """GET or POST /apertium/translate. Other fields have no effect."""

    langpair: str = Field(min_length=1, description="Languages of the text and of its translation: eng|deu.")
    q: str = Field(description="The text to translate.")
    format: Literal["txt", "text", "html"] = Field(default="txt", description="Format of the text.")

    _is_unicode = field_validator("langpair", "q")(is_unicode)

    def translate_request(self) -> TranslateRequest:
        """Convert to a request to the service's own endpoint. Raises RequestError."""
        source, bar, target = self.langpair.partition("|")
        if not (source and bar and target):
            raise RequestError(f"langpair is {self.langpair}: write two languages with a bar between them, eng|deu")
        return TranslateRequest(q=self.q, source=source, target=target, format=_FORMS[self.format])


class Translated(BaseModel):
    """The translation."""

    translatedText: str


class ApertiumAnswer(BaseModel):
    """The translation, in the envelope of all answers."""

    responseData: Translated
    responseDetails: None = None
    responseStatus: Literal[200] = 200


class ApertiumPair(BaseModel):
    """A served language pair, in codes of three letters."""

    sourceLanguage: str
    targetLanguage: str


class ApertiumPairs(BaseModel):
    """All served pairs, in the envelope of all answers."""

    responseData: list[ApertiumPair]
    responseDetails: None = None
    responseStatus: Literal[200] = 200


class ApertiumProblem(BaseModel):
    """Any error."""

    explanation: str


_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ApertiumProblem} for status in (400, 403, 408, 413, 429, 503)
}

router = APIRouter(tags=["Apertium-APY"])


@router.get("/listPairs", operation_id="apertium_pairs")
@router.get("/apertium/listPairs", operation_id="apertium_pairs_below_prefix")
async def pairs(translators: TranslatorsDependency) -> ApertiumPairs:
    """List the language pairs."""
    return ApertiumPairs(
        responseData=[
            ApertiumPair(
                sourceLanguage=code_of_three_letters(language.code), targetLanguage=code_of_three_letters(target)
            )
            for language in translators.languages()
            for target in language.targets
        ]
    )


@router.get(
    "/apertium/translate",
    responses=_PROBLEMS,
    openapi_extra=parameters_of(ApertiumRequest),
    operation_id="apertium_translate_by_query",
)
@router.post(
    "/apertium/translate",
    responses=_PROBLEMS,
    openapi_extra=schema_of(ApertiumRequest),
    operation_id="apertium_translate",
)
async def translate(connection: Request, answerer: AnswererDependency, access: AccessDependency) -> ApertiumAnswer:
    """Translate a text. /translate does the same for a request with the field `langpair`."""
    asked = await read_request(connection, ApertiumRequest)
    caller = access.admit(connection, asked.api_key)
    async with access.charge(caller, len(asked.q)):
        (answer,) = await until_disconnect(connection, answerer.answer(asked.translate_request(), caller.owner))
    return ApertiumAnswer(responseData=Translated(translatedText=answer.texts[0]))
