"""Health check GET /health and readiness check GET /ready."""

from __future__ import annotations

import asyncio
import time
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from nmt.errors import NmtError
from nmt.runtime import Translator
from service.dependencies import SettingsDependency, TranslatorsDependency
from service.http.errors import problem
from service.http.problems import Problem
from service.translating.translators import CANARY, CANARY_SECONDS


class Health(BaseModel):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Every translator has just translated a canary."""

    status: Literal["ready"] = "ready"
    models: dict[str, str] = Field(description="Name and version of each translator.")


router = APIRouter(tags=["health"])


@router.get("/health")
async def health() -> Health:
    """Report that the process is alive. The translators are not checked."""
    return Health()


@router.get("/ready", response_model=Readiness, responses={503: {"model": Problem}})
async def ready(translators: TranslatorsDependency, settings: SettingsDependency) -> Readiness | JSONResponse:
    """Translate a test sentence with every translator. The status is 503 if one fails or there is none."""
    served = translators.all()
    if not served:
        return problem("/ready", 503, f"no model package in {settings.models_dir}: train one with nmt train")
    try:
        await asyncio.gather(*(_translate_canary(translator) for translator in served))
    except (NmtError, TimeoutError) as error:
        return problem("/ready", 503, f"a translator does not respond: {error or 'it took too long'}: try again")
    return Readiness(models={translator.manifest.name: translator.manifest.version for translator in served})


async def _translate_canary(translator: Translator) -> None:
    options = translator.options(beam_size=1, max_length=8)
    reply = translator.submit([CANARY], options, deadline=time.monotonic() + CANARY_SECONDS)
    await asyncio.wait_for(asyncio.wrap_future(reply), CANARY_SECONDS)
