"""GET /metrics."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from service.dependencies import SettingsDependency
from service.http.errors import Refused
from service.http.inputs import problems

router = APIRouter(tags=["health"])


@router.get("/metrics", response_class=Response, responses=problems(403))
async def metrics(connection: Request, settings: SettingsDependency) -> Response:
    """Return the metrics in Prometheus text format. The token of the settings, if there is one, is required."""
    given = connection.headers.get("authorization", "")
    if settings.metrics_token and not hmac.compare_digest(given.encode(), f"Bearer {settings.metrics_token}".encode()):
        raise Refused(403, "the metrics need a token: send the header Authorization: Bearer NMT_METRICS_TOKEN")
    return Response(generate_latest(connection.app.state.metrics.registry), media_type=CONTENT_TYPE_LATEST)
