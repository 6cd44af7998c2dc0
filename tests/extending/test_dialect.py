"""The list in CONTRIBUTING.md leads to a new dialect: a client that speaks it is answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import Checkout
from servers import server_process

from service.settings import Settings


def test_a_client_of_a_new_dialect_is_answered_as_the_others_are(
    checkout: Checkout, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.write(
        "service/dialects/terse/bodies.py",
        """
from pydantic import BaseModel

from service.translating.request import TranslateRequest


class TerseRequest(BaseModel):
    words: str
    pair: str

    def translate_request(self) -> TranslateRequest:
        source, target = self.pair.split(">")
        return TranslateRequest(q=self.words, source=source, target=target)
""",
    )
    checkout.write(
        "service/dialects/terse/translate.py",
        """
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from service.dependencies import AccessDependency, AnswererDependency
from service.dialects.terse.bodies import TerseRequest
from service.http.inputs import read_request

router = APIRouter()


@router.post("/terse")
async def translate(
    connection: Request, access: AccessDependency, answerer: AnswererDependency
) -> PlainTextResponse:
    asked = (await read_request(connection, TerseRequest)).translate_request()
    caller = access.admit(connection, None)
    (answer,) = await answerer.answer(asked, caller.owner)
    return PlainTextResponse(answer.texts[0])
""",
    )
    checkout.write(
        "service/dialects/terse/__init__.py",
        "from service.dialects.terse import translate\n\nROUTERS = (translate.router,)\n",
    )
    rooms = "service/dialects/__init__.py"
    checkout.change(rooms, "opennmt, plain", "opennmt, plain, terse")
    checkout.change(rooms, "    *plain.ROUTERS,\n", "    *plain.ROUTERS,\n    *terse.ROUTERS,\n")
    monkeypatch.chdir(checkout.path)
    with server_process(Settings(models_dir=package.parent, state_dir=checkout.path)) as server:
        terse = server.client.post("/terse", json={"words": "red cat", "pair": "en>xx"})
        usual = server.client.post("/translate", json={"q": "red cat", "source": "en", "target": "xx"})
        assert (terse.status_code, terse.text) == (200, usual.json()["translatedText"])
