"""Work stops when its client has gone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from service.app import create_app
from service.http.client_disconnect import until_disconnect
from service.settings import Settings


def request_whose_client(*messages: Message) -> Request:
    """A request that receives `messages`, then nothing for ever."""
    left = list(messages)

    async def receive() -> Message:
        return left.pop(0) if left else await asyncio.Future()

    return Request({"type": "http"}, receive)


def test_work_is_cancelled_when_the_client_hangs_up() -> None:
    async def scenario() -> asyncio.Future[str]:
        reply: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def work() -> str:
            return await reply

        request = request_whose_client({"type": "http.request"}, {"type": "http.disconnect"})
        with pytest.raises(HTTPException) as raised:
            await until_disconnect(request, work())
        assert raised.value.status_code == 499
        return reply

    assert asyncio.run(scenario()).cancelled()


def test_work_is_answered_while_the_client_waits() -> None:
    async def work() -> str:
        return "done"

    async def scenario() -> str:
        return await until_disconnect(request_whose_client(), work())

    assert asyncio.run(scenario()) == "done"


def test_an_error_of_the_work_is_raised_as_it_is() -> None:
    async def work() -> str:
        raise KeyError("cat")

    async def scenario() -> str:
        return await until_disconnect(request_whose_client(), work())

    with pytest.raises(KeyError, match="cat"):
        asyncio.run(scenario())


def test_a_translation_is_given_up_when_its_client_hangs_up(package: Path) -> None:
    app = create_app(Settings(models_dir=package.parent, threads=1))
    body = json.dumps({"q": "small old house and tree\n" * 100, "source": "en", "target": "xx"}).encode()
    incoming: list[Message] = [{"type": "http.request", "body": body}, {"type": "http.disconnect"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    async def scenario() -> None:
        scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": "/translate", "query_string": b""}
        headers = [(b"content-type", b"application/json")]
        async with app.router.lifespan_context(app):
            await app({**scope, "headers": headers}, receive, send)

    asyncio.run(scenario())
    assert sent[0]["status"] == 499
