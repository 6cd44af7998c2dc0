"""Check the models directory periodically."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Protocol

from service.packages import Model
from service.settings import Settings

_LOG = logging.getLogger("service.models")


class Refreshable(Protocol):
    """Models that follow their packages."""

    def refresh(self) -> Sequence[Model]:
        """Load what has changed, and return the models that are no longer served."""


async def reload_changed_packages(served: Sequence[Refreshable], settings: Settings) -> None:
    """Refresh all `served` models until cancelled. A replaced model stays open for the requests that use it."""
    retiring: set[asyncio.Task[None]] = set()
    try:
        while True:
            await asyncio.sleep(settings.reload_seconds)
            try:
                retired = [model for each in served for model in await asyncio.to_thread(each.refresh)]
            except OSError as error:  # the directory cannot be read; may be temporary
                _LOG.warning("models directory not read", extra={"reason": str(error)})
                continue
            for model in retired:
                task = asyncio.create_task(_retire(model, settings.timeout_seconds))
                retiring.add(task)
                task.add_done_callback(retiring.discard)
    finally:
        for task in retiring:
            task.cancel()


async def _retire(model: Model, seconds: float) -> None:
    """Close `model` after `seconds`, when no request can still use it, or at once when cancelled."""
    try:
        await asyncio.sleep(seconds)
    finally:
        await asyncio.to_thread(model.close)
