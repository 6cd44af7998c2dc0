"""Health check GET /health and readiness check GET /ready."""

from __future__ import annotations

import asyncio
import time
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from nmt.caption import Captioner
from nmt.errors import NmtError
from nmt.runtime import Translator
from service.captioning.captioners import canary
from service.dependencies import CaptionersDependency, SettingsDependency, TranslatorsDependency
from service.http.errors import problem
from service.http.problems import Problem
from service.packages import Model
from service.translating.translators import CANARY, CANARY_SECONDS


class Health(BaseModel):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Every model has just answered a canary."""

    status: Literal["ready"] = "ready"
    models: dict[str, str] = Field(description="Name and version of each translator and captioner.")


router = APIRouter(tags=["health"])


@router.get("/health")
async def health() -> Health:
    """Report that the process is alive. The translators are not checked."""
    return Health()


@router.get("/ready", response_model=Readiness, responses={503: {"model": Problem}})
async def ready(
    request: Request, translators: TranslatorsDependency, captioners: CaptionersDependency, settings: SettingsDependency
) -> Readiness | JSONResponse:
    """Use every translator and captioner once. The status is 503 if one fails or there is none."""
    served: list[Model] = [*translators.all(), *captioners.all()]
    if not served:
        return problem(request.scope, 503, f"no model package in {settings.models_dir}: train one with nmt train")
    try:
        await asyncio.gather(*map(_translate_canary, translators.all()), *map(_caption_canary, captioners.all()))
    except (NmtError, TimeoutError) as error:
        return problem(request.scope, 503, f"a model does not respond: {error or 'it took too long'}: try again")
    return Readiness(models={model.manifest.name: model.manifest.version for model in served})


async def _translate_canary(translator: Translator) -> None:
    options = translator.options(beam_size=1, max_length=8)
    reply = translator.submit([CANARY], options, deadline=time.monotonic() + CANARY_SECONDS)
    await asyncio.wait_for(asyncio.wrap_future(reply), CANARY_SECONDS)


async def _caption_canary(captioner: Captioner) -> None:
    options = captioner.options(beam_size=1)
    reply = captioner.submit([canary(captioner)], options, deadline=time.monotonic() + CANARY_SECONDS)
    await asyncio.wait_for(asyncio.wrap_future(reply), CANARY_SECONDS)
