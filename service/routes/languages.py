"""GET /languages."""

from __future__ import annotations

from fastapi import APIRouter

from service.dependencies import TranslatorsDependency
from service.schemas import Language

router = APIRouter(tags=["languages"])


@router.get("/languages")
async def languages(translators: TranslatorsDependency) -> list[Language]:
    """Source languages and the targets each can be translated to."""
    return translators.languages()
