"""Error bodies: one sentence that says what to do."""

from __future__ import annotations

from pydantic import BaseModel


class Problem(BaseModel):
    """Any error: one sentence that says what to do."""

    error: str
