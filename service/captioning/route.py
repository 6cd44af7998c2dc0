"""POST /caption."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from service.access.access import Access, Caller
from service.captioning.captioners import Captioners
from service.dependencies import AccessDependency, AnswererDependency, CaptionersDependency, TranslatorsDependency
from service.http.client_disconnect import until_disconnect
from service.http.inputs import problems, read_upload, schema_of_file
from service.translating.answerer import Answerer
from service.translating.request import Keyed, TranslateRequest
from service.translating.translators import Translators

FIELD = "picture"
_UNNAMED = "picture"

router = APIRouter(tags=["caption"])


class CaptionRequest(Keyed):
    """The fields of a picture's form."""

    target: str | None = Field(
        default=None,
        description="Language code of the caption; a translator is used if needed. By default that of the captioner.",
        examples=["de"],
    )
    beam_size: int | None = Field(default=None, ge=1, description="1 is greedy search; by default the captioner's.")


class OriginalCaption(BaseModel):
    """A caption as the captioner wrote it."""

    caption: str
    language: str


class CaptionResponse(BaseModel):
    """The caption of a picture."""

    caption: str
    language: str = Field(description="Language code of the caption.")
    score: float = Field(description="Log probability of the captioner's caption, over the length penalty.")
    truncated: bool = Field(description="The length limit cut the caption.")
    original: OriginalCaption | None = Field(default=None, description="What was translated; null if nothing was.")


@router.post(
    "/caption",
    responses=problems(400, 403, 408, 413, 429, 503),
    openapi_extra=schema_of_file(CaptionRequest, FIELD, "A PNG, JPEG, WebP or GIF file."),
)
async def caption(
    connection: Request,
    captioners: CaptionersDependency,
    translators: TranslatorsDependency,
    answerer: AnswererDependency,
    access: AccessDependency,
) -> CaptionResponse:
    """Describe a picture in a sentence, translated if `target` is not the captioner's language."""
    async with read_upload(connection, CaptionRequest, FIELD) as (asked, file):
        caller = access.admit(connection, asked.api_key)
        content, name = await file.read(), file.filename or _UNNAMED
    writer = _Writer(captioners, translators, answerer, access)
    return await until_disconnect(connection, writer.write(content, name, asked, caller))


class _Writer:
    """Writes captions, and translates them."""

    def __init__(self, captioners: Captioners, translators: Translators, answerer: Answerer, access: Access) -> None:
        self._captioners = captioners
        self._translators = translators
        self._answerer = answerer
        self._access = access

    async def write(self, content: bytes, name: str, asked: CaptionRequest, caller: Caller) -> CaptionResponse:
        """Return the caption of a picture, and count its characters as used."""
        captioner = self._captioners.find(asked.target, self._translators)
        found = await self._captioners.caption(captioner, content, name, asked.beam_size)
        language = captioner.manifest.language
        response = CaptionResponse(
            caption=found.text, language=language, score=found.score, truncated=not found.reached_end
        )
        async with self._access.charge(caller, len(found.text)):
            if asked.target not in {None, language} and found.text.strip():
                response.original = OriginalCaption(caption=found.text, language=language)
                response.language = str(asked.target)
                wanted = TranslateRequest(q=found.text, source=language, target=response.language)
                (answer,) = await self._answerer.answer(wanted, caller.owner)
                response.caption = answer.texts[0]
        return response
