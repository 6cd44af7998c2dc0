"""POST /translate."""

from __future__ import annotations

from fastapi import APIRouter, Request

from service.dependencies import SettingsDependency, TranslatorsDependency
from service.hang_up import until_hang_up
from service.schemas import Problem, TranslateRequest, TranslateResponse
from service.translation import check_request, translate_texts

router = APIRouter(tags=["translate"])


@router.post(
    "/translate",
    response_model_exclude_none=True,
    responses={status: {"model": Problem} for status in (400, 413, 429, 503)},
)
async def translate(
    request: TranslateRequest, translators: TranslatorsDependency, settings: SettingsDependency, connection: Request
) -> TranslateResponse:
    """Translate a text or a list of texts."""
    texts = check_request(request, settings)
    translator = translators.find(request.source, request.target)
    options = translator.options(
        beam_size=request.beam_size, n_best=request.alternatives + 1, max_length=request.max_length
    )
    ranked = await until_hang_up(connection, translate_texts(translator, texts, options, settings.timeout_seconds))
    best, others = [texts[0] for texts in ranked], [texts[1:] for texts in ranked]
    single = isinstance(request.q, str)
    return TranslateResponse(
        translatedText=best[0] if single else best,
        alternatives=None if not request.alternatives else others[0] if single else others,
    )
