"""The edge finds the dialect of a request by its path, and answers errors as that dialect's clients read them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from service.http.dialect import Dialect, DialectByPath, dialect_of
from service.http.errors import problem

SHORT = Dialect(prefix="/v2", error_field="message")
LONG = Dialect(prefix="/v2/beta", error_field="fault")
PLAIN = Dialect()


def found(path: str) -> Dialect:
    """The dialect that the edge finds for `path`."""
    seen: list[Dialect] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(dialect_of(scope))

    async def unused(*_: Any) -> Any:
        raise AssertionError

    asyncio.run(DialectByPath(app, [PLAIN, SHORT, LONG])({"type": "http", "path": path}, unused, unused))
    return seen[0]


@pytest.mark.parametrize(
    ("path", "dialect"), [("/v2/beta/translate", LONG), ("/v2/translate", SHORT), ("/translate", PLAIN)]
)
def test_the_longest_prefix_of_the_path_decides(path: str, dialect: Dialect) -> None:
    assert found(path) == dialect


def test_an_error_has_the_field_of_its_dialect() -> None:
    assert problem({"dialect": LONG}, 400, "no").body == b'{"fault":"no"}'
