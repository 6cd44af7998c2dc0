"""Paths and methods as clients write them: double slashes, a prefix, HEAD, and errors in the shape of the dialect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from servers import running_server

from service.access.keys import Keys
from service.settings import Settings
from service.state import State


@pytest.fixture(scope="module")
def client(package: Path) -> Iterator[httpx.Client]:
    settings = Settings(models_dir=package.parent, threads=1, url_prefix="translator/", metrics_token="secret")
    with running_server(settings) as connected:
        yield connected


ASKED = {"q": "red cat", "source": "en", "target": "xx"}
ASKED_OF_DEEPL = {"text": "red cat", "source_lang": "EN", "target_lang": "XX"}


def at(client: httpx.Client, path: str) -> str:
    """The address of `path`, which httpx would otherwise merge."""
    return f"{str(client.base_url).rstrip('/')}{path}"


def test_several_slashes_are_one_and_the_prefix_may_be_left_out(client: httpx.Client) -> None:
    expected = client.post("/translate", json=ASKED).json()
    for path in ("//translate", "///translate", "/translator/translate", "/translator//translate"):
        assert client.post(at(client, path), json=ASKED).json() == expected
    assert client.post(at(client, "/translators/translate"), json=ASKED).status_code == 404


@pytest.mark.parametrize("path", ["/", "/languages", "/health", "/v2/languages", "/openapi.json", "/docs", "/spec"])
def test_head_is_answered_like_get_without_a_body(client: httpx.Client, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == get.headers["content-type"]


def test_head_of_what_has_no_get_is_405(client: httpx.Client) -> None:
    assert client.head("/suggest").status_code == 405


def test_the_page_s_own_addresses_are_below_the_prefix(client: httpx.Client) -> None:
    page = client.get("/translator", follow_redirects=True)
    assert str(page.url) == at(client, "/translator/")
    for name in ("web/page.js", "web/style.css", "web/icon.svg"):
        assert name in page.text or name == "web/icon.svg"
        assert client.get(f"/translator/{name}").status_code == 200
    assert "/translator" in client.get("/translator/openapi.json").json()["servers"][0]["url"]


def test_the_addresses_of_documents_are_below_the_prefix(client: httpx.Client) -> None:
    form = {"source": "en", "target": "xx"}
    made = client.post("/translator/translate_file", data=form, files={"file": ("a.txt", b"red cat")}).json()
    assert made["translatedFileUrl"].startswith(at(client, "/translator/download_file/"))
    assert client.get(made["translatedFileUrl"]).status_code == 200


def test_texts_may_be_translated_with_get(client: httpx.Client) -> None:
    expected = client.post("/translate", json=ASKED).json()["translatedText"]
    assert client.get("/translate", params=ASKED).json()["translatedText"] == expected
    several = client.get("/v2/translate", params={**ASKED_OF_DEEPL, "text": ["red cat", "old dog"]}).json()
    assert several["translations"][0]["text"] == expected
    assert len(several["translations"]) == 2


@pytest.mark.parametrize("path", ["/v2/usage", "/v2/languages"])
def test_deepl_s_lists_may_be_posted(client: httpx.Client, path: str) -> None:
    for way in ({}, {"data": {"auth_key": "x"}}, {"json": {"auth_key": "x"}}):
        assert client.post(path, **way).json() == client.get(path).json()  # type: ignore[arg-type]
    targets = client.post("/v2/languages", data={"type": "target"}).json()
    assert targets == client.get("/v2/languages?type=target").json() != client.get("/v2/languages").json()


def test_version_1_translates_too(client: httpx.Client) -> None:
    answers = [client.post(f"/{version}/translate", data=ASKED_OF_DEEPL).json() for version in ("v1", "v2")]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("version", ["v1", "v2", "v3"])
def test_errors_of_every_version_have_deepl_s_shape(client: httpx.Client, version: str) -> None:
    for response in (client.get(f"/{version}/nowhere"), client.post(f"/{version}/rephrase", json={})):
        assert response.status_code == 404
        assert list(response.json()) == ["message"]
    assert list(client.get("/v10/nowhere").json()) == ["error"]


def test_wrong_and_missing_keys_are_403_in_every_version(package: Path, tmp_path: Path) -> None:
    Keys(State(tmp_path)).add("someone")
    settings = Settings(models_dir=package.parent, threads=1, api_keys="required", state_dir=tmp_path)
    with running_server(settings) as guarded:
        for path in ("/v1/translate", "/v2/translate"):
            for headers in ({}, {"Authorization": "DeepL-Auth-Key wrong"}):
                response = guarded.post(path, data=ASKED_OF_DEEPL, headers=headers)
                assert (response.status_code, list(response.json())) == (403, ["message"])


def test_the_openapi_document_is_where_libretranslate_has_its_own(client: httpx.Client) -> None:
    assert client.get("/spec").json()["paths"] == client.get("/openapi.json").json()["paths"]


def test_metrics_need_the_token_that_is_set(client: httpx.Client) -> None:
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    assert "nmt_requests_total" in client.get("/metrics", headers={"Authorization": "Bearer secret"}).text
