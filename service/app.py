"""The application: settings in, a FastAPI app out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from service.body_limit import BodyLimit
from service.errors import install_error_handlers
from service.memory import Memory
from service.metrics import Metrics
from service.page import install_page
from service.reloading import keep_fresh
from service.request_log import LOGGING, RequestLog
from service.routes import ROUTERS
from service.settings import Settings
from service.translators import Translators


def create_app(settings: Settings) -> FastAPI:
    """An app that loads the packages of `settings.models_dir` when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.settings = settings
        app.state.characters = 0  # translated for DeepL's clients
        app.state.translators = Translators(settings)
        app.state.memory = Memory(settings.state_dir) if settings.suggestions else None
        app.state.metrics.watch(app.state.translators)
        watching = asyncio.create_task(keep_fresh(app.state.translators, settings))
        yield
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        app.state.translators.close()
        if app.state.memory:
            app.state.memory.close()

    app = FastAPI(
        title="Translation service",
        version=version("seq2seq-translator"),
        description="Translates with LSTM encoder-decoders trained on your own sentence pairs.",
        lifespan=lifespan,
    )
    app.state.metrics = Metrics()
    for router in ROUTERS:
        app.include_router(router)
    install_page(app)
    install_error_handlers(app)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.cors_origins, allow_methods=["GET", "POST"], allow_headers=["*"]
        )
    app.add_middleware(RequestLog, metrics=app.state.metrics)
    return app


def serve(settings: Settings) -> None:
    """Run the service until it is told to stop."""
    uvicorn.run(create_app(settings), host=settings.host, port=settings.port, log_config=LOGGING, access_log=False)
