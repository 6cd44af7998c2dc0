"""GET /metrics."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=Response)
async def metrics(connection: Request) -> Response:
    """Return the metrics in Prometheus text format."""
    return Response(generate_latest(connection.app.state.metrics.registry), media_type=CONTENT_TYPE_LATEST)
