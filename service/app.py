"""The application: settings in, a FastAPI app out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from service.access import Access
from service.body_limit import BodyLimit
from service.errors import install_error_handlers
from service.glossaries import Glossaries
from service.headers import SecurityHeaders
from service.keys import Keys
from service.memory import Memory
from service.metrics import Metrics
from service.page import install_pages
from service.reloading import keep_fresh
from service.request_log import RequestLog
from service.routes import ROUTERS
from service.server import Drain, DrainGate, DrainingServer, server_config
from service.settings import Settings
from service.state import State
from service.translation import Answerer
from service.translators import Translators


def create_app(settings: Settings) -> FastAPI:
    """An app that loads the packages of `settings.models_dir` when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.settings = settings
        app.state.translators = Translators(settings)
        state = State(settings.state_dir)
        accounts = State(settings.state_dir, synchronous="normal")  # written at every request
        memory = app.state.memory = Memory(state) if settings.suggestions else None
        app.state.glossaries = Glossaries(state)
        app.state.answerer = Answerer(app.state.translators, settings, memory, app.state.glossaries)
        app.state.access = Access(settings, Keys(accounts))
        app.state.metrics.watch(app.state.translators)
        watching = asyncio.create_task(keep_fresh(app.state.translators, settings))
        yield
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        app.state.translators.close()
        state.close()
        accounts.close()

    app = FastAPI(
        title="Translation service",
        version=version("seq2seq-translator"),
        description="Translates with LSTM encoder-decoders trained on your own sentence pairs.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.metrics = Metrics()
    app.state.drain = Drain()
    for router in ROUTERS:
        app.include_router(router)
    install_pages(app)
    install_error_handlers(app)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, seconds=settings.read_seconds)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.cors_origins, allow_methods=["GET", "POST"], allow_headers=["*"]
        )
    app.add_middleware(DrainGate, drain=app.state.drain)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog, metrics=app.state.metrics)
    return app


def serve(settings: Settings) -> None:
    """Run the service until it is told to stop."""
    app = create_app(settings)
    DrainingServer(server_config(app, settings), app.state.drain).run()
