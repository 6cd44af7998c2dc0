"""A GET request whose names are set, as OmegaT's plugin for simple services sends it."""

from __future__ import annotations

from pathlib import Path

import httpx
from servers import running_server

from service.settings import Settings


def test_the_names_are_those_of_omegat_s_plugin(shipped: httpx.Client) -> None:
    asked = {"source": "EN", "target": "DE", "text": "Good morning!"}
    assert shipped.get("/plain/translate", params=asked).json() == {"translation": "Guten Morgen!"}


def test_the_names_can_be_set(package: Path) -> None:
    settings = Settings(models_dir=package.parent, threads=1, plain_names="sl,tl,q,answer")
    with running_server(settings) as client:
        asked = {"sl": "en", "tl": "xx", "q": "red cat"}
        expected = client.post("/translate", json={"q": "red cat", "source": "en", "target": "xx"}).json()
        assert client.get("/plain/translate", params=asked).json() == {"answer": expected["translatedText"]}
        assert "missing q parameter" in client.get("/plain/translate", params={**asked, "q": ""}).json()["error"]
