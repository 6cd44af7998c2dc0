"""Create the FastAPI app and run it."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from service.assembly import running_service
from service.captioning import route as captioning
from service.dialects import DIALECTS, ROUTERS
from service.http.body_limit import BodyLimit
from service.http.dialect import DialectByPath
from service.http.errors import install_error_handlers
from service.http.headers import SecurityHeaders
from service.http.metrics import Metrics
from service.http.pages import install_pages
from service.http.paths import Paths
from service.http.request_log import RequestLog
from service.http.server import Drain, DrainGate, DrainingServer, server_config
from service.http.shared_paths import SharedPaths
from service.monitoring import health, metrics_route
from service.settings import Settings

_SWITCH_SECONDS = 0.0005
"""How long a thread may hold the interpreter's lock. Decoding threads take it for some microseconds after each step,
and would wait for it as long as for several steps with Python's 5 milliseconds."""


def create_app(settings: Settings) -> FastAPI:
    """Create an app that loads the model packages in `settings.models_dir` at startup."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running_service(settings) as service:
            app.state.service = service
            app.state.metrics.watch(service.translators, service.captioners, service.documents)
            yield

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
    for router in (*ROUTERS, captioning.router, health.router, metrics_route.router):
        app.include_router(router)
    install_pages(app)
    install_error_handlers(app)
    # The middleware added last is the outermost.
    app.add_middleware(SharedPaths, dialects=DIALECTS)
    app.add_middleware(BodyLimit, settings=settings)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["*"],
        )
    app.add_middleware(DrainGate, drain=app.state.drain)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog, metrics=app.state.metrics)
    app.add_middleware(DialectByPath, dialects=DIALECTS)
    app.add_middleware(Paths, prefix=settings.url_prefix)
    return app


def serve(settings: Settings) -> None:
    """Run the service until it receives a stop signal."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    app = create_app(settings)
    DrainingServer(server_config(app, settings), app.state.drain).run()
