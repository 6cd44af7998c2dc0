"""POST /caption, against a running server with an untrained captioner and translator."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from servers import running_server

from nmt.caption import Captioner
from nmt.caption.pictures import read_picture
from nmt.errors import ConfigError
from service.access.keys import Keys
from service.captioning.captioners import Captioners
from service.settings import Settings
from service.state import State


def saved(size: tuple[int, int] = (20, 20), shade: int = 90) -> bytes:
    content = io.BytesIO()
    Image.new("L", size, shade).save(content, "PNG")
    return content.getvalue()


@pytest.fixture(scope="module")
def models(package: Path, make_captioner: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A translator from en to xx beside captioners in de and en."""
    directory = tmp_path_factory.mktemp("models")
    shutil.copytree(package, directory / package.name)
    for language in ("de", "en"):
        make_captioner(directory / f"captions-{language}", language)
    return directory


@pytest.fixture(scope="module")
def client(models: Path) -> Iterator[httpx.Client]:
    settings = Settings(models_dir=models, threads=1, max_picture_bytes=5000, max_picture_pixels=2500, max_beam_size=6)
    with running_server(settings) as connected:
        yield connected


def caption(client: httpx.Client, content: bytes | None = None, **fields: Any) -> httpx.Response:
    return client.post("/caption", files={"picture": ("a.png", content or saved())}, data=fields)


def expected(models: Path, language: str) -> str:
    with Captioner.load(models / f"captions-{language}", threads=1) as captioner:
        return captioner.captions([read_picture(saved(), "a", 16)])[0].text


def test_a_picture_gets_the_caption_that_the_package_gives(client: httpx.Client, models: Path) -> None:
    answer = caption(client).json()
    assert answer["caption"] == expected(models, "de")
    assert (answer["language"], answer["original"]) == ("de", None)
    assert answer["score"] < 0


def test_the_language_is_chosen_among_the_captioners(client: httpx.Client, models: Path) -> None:
    answer = caption(client, target="en").json()
    assert (answer["caption"], answer["language"], answer["original"]) == (expected(models, "en"), "en", None)


def test_other_languages_are_translated_to(client: httpx.Client, models: Path) -> None:
    answer = caption(client, target="xx").json()
    original = expected(models, "en")
    translated = client.post("/translate", json={"q": original, "source": "en", "target": "xx"}).json()
    assert answer["original"] == {"caption": original, "language": "en"}
    assert (answer["caption"], answer["language"]) == (translated["translatedText"], "xx")


def test_a_language_that_nothing_is_translated_to_is_refused(client: httpx.Client) -> None:
    refused = caption(client, target="fr")
    assert refused.status_code == 400
    assert refused.json()["error"].startswith("captions are in de, en, and none of these is translated to fr")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"hello", "a.png: not a picture of a known format: send PNG, JPEG, WEBP, GIF"),
        (saved((51, 50)), "a.png: 51 x 50 pixels, at most 2500 are read: make the picture smaller"),
        (saved()[:50], "a.png: damaged or cut off"),
        (saved() + bytes(6000), "a.png: 6"),
    ],
    ids=["text", "pixels", "truncated", "bytes"],
)
def test_what_is_no_readable_picture_is_refused(client: httpx.Client, content: bytes, message: str) -> None:
    refused = caption(client, content)
    assert refused.status_code == 400
    assert refused.json()["error"].startswith(message)


def test_a_body_beyond_the_limit_is_refused_unread(client: httpx.Client) -> None:
    assert caption(client, bytes(40_000)).status_code == 413


def test_a_request_without_a_picture_says_what_is_missing(client: httpx.Client) -> None:
    refused = client.post("/caption", data={"target": "en"})
    assert refused.status_code == 400
    assert "missing picture parameter" in refused.json()["error"]


@pytest.mark.parametrize(("beam_size", "status"), [(1, 200), (6, 200), (7, 400), (0, 400), ("wide", 400)])
def test_the_beam_is_limited(client: httpx.Client, beam_size: object, status: int) -> None:
    assert caption(client, beam_size=beam_size).status_code == status


def test_both_kinds_are_ready_and_measured(client: httpx.Client) -> None:
    names = {"captions-de", "captions-en", "en-xx"}
    assert client.get("/ready").json()["models"].keys() == names
    measured = client.get("/metrics").text
    assert all(f'nmt_waiting_sentences{{model="{name}"}}' in measured for name in names)
    assert client.get("/frontend/settings").json()["captionLanguages"] == ["de", "en"]


def test_without_a_captioner_the_answer_says_how_to_get_one(package: Path) -> None:
    with running_server(Settings(models_dir=package.parent, threads=1)) as client:
        refused = caption(client)
        assert client.get("/frontend/settings").json()["captionLanguages"] == []
    assert (refused.status_code, refused.json()["error"]) == (
        400,
        "no captioner is installed: train one with nmt caption train",
    )


def test_captioners_come_and_are_replaced_while_the_service_runs(
    package: Path, make_captioner: Callable[..., Path], tmp_path: Path
) -> None:
    shutil.copytree(package, tmp_path / package.name)
    with running_server(Settings(models_dir=tmp_path, threads=1, reload_seconds=0.05)) as client:
        make_captioner(tmp_path / "captions", "en")
        first = version(client, "captions", lambda found: found is not None)
        make_captioner(tmp_path / "captions", "en", day=2)
        version(client, "captions", lambda found: found not in {None, first})
        assert caption(client).status_code == 200


def version(client: httpx.Client, name: str, wanted: Callable[[str | None], bool]) -> str | None:
    """The version of the model `name`, as soon as it is `wanted`."""
    for _ in range(2000):
        found: str | None = client.get("/ready").json()["models"].get(name)
        if wanted(found):
            return found
    raise AssertionError(f"still {found}")


def test_a_key_is_needed_and_pays_for_the_caption(models: Path, tmp_path: Path) -> None:
    cost = len(expected(models, "de"))
    state = State(tmp_path)
    keys = Keys(state)
    key = keys.add("reader", 2 * cost)
    settings = Settings(models_dir=models, threads=1, state_dir=tmp_path, api_keys="required")
    with running_server(settings) as client:
        assert caption(client).status_code == 400
        assert caption(client, api_key="wrong").status_code == 403
        assert caption(client, api_key=key).status_code == 200
        assert keys.used(keys.all()[0].id) == cost
        assert caption(client, b"no picture", api_key=key).status_code == 400
        assert caption(client, api_key=key).status_code == 200
        refused = caption(client, api_key=key)
    state.close()
    assert refused.status_code == 403
    assert "Quota exceeded" in refused.json()["error"]


def test_two_captioners_of_one_language_are_refused(make_captioner: Callable[..., Path], tmp_path: Path) -> None:
    for name in ("one", "other"):
        make_captioner(tmp_path / name, "en")
    with pytest.raises(ConfigError, match="one and other both write captions in en: keep one"):
        Captioners(Settings(models_dir=tmp_path, threads=1))
