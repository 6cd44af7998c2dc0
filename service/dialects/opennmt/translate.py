"""POST /translator/translate and GET /translator/models."""

from __future__ import annotations

import asyncio
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, RootModel, field_validator

from nmt.errors import RequestError
from service.dependencies import AccessDependency, AnswererDependency, SettingsDependency, TranslatorsDependency
from service.http.client_disconnect import until_disconnect
from service.http.inputs import problems, read_request
from service.settings import Settings
from service.translating.answerer import Answer, check_length
from service.translating.request import TranslateRequest, is_unicode
from service.translating.translators import Translators

_FIRST_ID = 100
"""Id of the first model, as in the examples of OpenNMT-py."""


class OpennmtText(BaseModel):
    """One text to translate. Other fields have no effect."""

    src: str = Field(description="The text.")
    id: int | str = Field(description="Number of a model in /translator/models, or its pair, such as en-de.")

    _is_unicode = field_validator("src")(is_unicode)


class OpennmtRequest(RootModel[list[OpennmtText]]):
    """POST /translator/translate."""


class OpennmtTranslation(BaseModel):
    """One translated text."""

    src: str
    tgt: str
    n_best: Literal[1] = 1
    pred_score: float = Field(description="Mean score of its sentences; 0 if nothing was translated.")


class OpennmtModel(BaseModel):
    """A language pair under the number by which its texts are sent."""

    model_id: int
    status: Literal["loaded"] = "loaded"
    source: str
    target: str


router = APIRouter(prefix="/translator", tags=["OpenNMT-py"])


@router.get("/models", operation_id="opennmt_models")
async def models(translators: TranslatorsDependency) -> list[OpennmtModel]:
    """List the language pairs with their numbers."""
    return _models(translators)


@router.post(
    "/translate",
    responses=problems(400, 403, 408, 413, 429, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "array", "items": OpennmtText.model_json_schema()}}},
        }
    },
    operation_id="opennmt_translate",
)
async def translate(
    connection: Request,
    translators: TranslatorsDependency,
    answerer: AnswererDependency,
    access: AccessDependency,
    settings: SettingsDependency,
) -> list[list[OpennmtTranslation]]:
    """Translate texts, each with its own model. The answer is a list of one list, that of the best translations."""
    asked = (await read_request(connection, OpennmtRequest)).root
    caller = access.admit(connection, None)
    texts = [each.src for each in asked]
    _check(texts, settings)
    served = _models(translators)
    groups: dict[tuple[str, str], list[int]] = {}
    for number, each in enumerate(asked):
        groups.setdefault(_pair(each.id, served), []).append(number)
    requests = [
        TranslateRequest(q=[texts[number] for number in numbers], source=source, target=target)
        for (source, target), numbers in groups.items()
    ]
    async with access.charge(caller, sum(map(len, texts))):
        working = asyncio.gather(*(answerer.answer(request, caller.owner) for request in requests))
        several = await until_disconnect(connection, _all(working))
    answers: dict[int, Answer] = {}
    for numbers, group in zip(groups.values(), several, strict=True):
        answers |= zip(numbers, group, strict=True)
    return [
        [
            OpennmtTranslation(src=text, tgt=answers[number].texts[0], pred_score=_score(answers[number]))
            for number, text in enumerate(texts)
        ]
    ]


async def _all(working: asyncio.Future[list[list[Answer]]]) -> list[list[Answer]]:
    return await working


def _check(texts: list[str], settings: Settings) -> None:
    if not texts:
        raise RequestError('the list is empty: send [{"src": "a text", "id": 100}]')
    check_length(texts, settings)


def _models(translators: Translators) -> list[OpennmtModel]:
    pairs = [(language.code, target) for language in translators.languages() for target in language.targets]
    return [
        OpennmtModel(model_id=_FIRST_ID + number, source=source, target=target)
        for number, (source, target) in enumerate(pairs)
    ]


def _pair(wanted: int | str, served: list[OpennmtModel]) -> tuple[str, str]:
    """Return the language pair of an id. Raises RequestError."""
    for model in served:
        if str(wanted) in {str(model.model_id), f"{model.source}-{model.target}"}:
            return model.source, model.target
    raise RequestError(f"there is no model {wanted}: GET /translator/models lists the models")


def _score(answer: Answer) -> float:
    results = [sentence.result for part in answer.parts for sentence in part.sentences]
    scores = [result.translations[0].score for result in results if result is not None]
    return sum(scores) / len(scores) if scores else 0.0
