"""Check the models directory periodically."""

from __future__ import annotations

import asyncio
import logging

from nmt.runtime import Translator
from service.settings import Settings
from service.translating.translators import Translators

_LOG = logging.getLogger("service.models")


async def keep_fresh(translators: Translators, settings: Settings) -> None:
    """Refresh `translators` until cancelled. A replaced translator stays open for the requests that use it."""
    retiring: set[asyncio.Task[None]] = set()
    try:
        while True:
            await asyncio.sleep(settings.reload_seconds)
            try:
                retired = await asyncio.to_thread(translators.refresh)
            except OSError as error:  # the directory cannot be read; may be temporary
                _LOG.warning("models directory not read", extra={"reason": str(error)})
                continue
            for translator in retired:
                task = asyncio.create_task(_retire(translator, settings.timeout_seconds))
                retiring.add(task)
                task.add_done_callback(retiring.discard)
    finally:
        for task in retiring:
            task.cancel()


async def _retire(translator: Translator, seconds: float) -> None:
    """Close `translator` after `seconds`, when no request can still use it, or at once when cancelled."""
    try:
        await asyncio.sleep(seconds)
    finally:
        await asyncio.to_thread(translator.close)
