"""The service as a client sees it: a real server on loopback, a real HTTP client."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from servers import running_server

from nmt.runtime import Translator
from nmt.text import translate_texts
from service.app import create_app
from service.settings import Settings


@pytest.fixture(scope="module")
def client(package: Path) -> Iterator[httpx.Client]:
    settings = Settings(models_dir=package.parent, threads=1, max_request_characters=200, max_body_bytes=4000)
    with running_server(settings) as connected:
        yield connected


def translate(client: httpx.Client, **body: object) -> httpx.Response:
    return client.post("/translate", json={"source": "en", "target": "xx", **body})


def test_a_text_is_answered_with_what_the_translator_gives(client: httpx.Client, package: Path) -> None:
    with Translator.load(package, threads=1) as translator:
        expected = translate_texts(translator, ["small red house"], translator.options())[0].text()
    response = translate(client, q="small red house")
    assert response.status_code == 200
    assert response.json() == {"translatedText": expected}


def test_a_list_gives_a_list_in_its_order(client: httpx.Client) -> None:
    texts = ["red cat", "old dog runs", "blue tree"]
    singles = [translate(client, q=text).json()["translatedText"] for text in texts]
    assert translate(client, q=texts).json() == {"translatedText": singles}


def test_alternatives_are_given_when_asked_for(client: httpx.Client) -> None:
    text = "the old house sleeps"
    single = translate(client, q=text, alternatives=2).json()
    assert single["translatedText"] not in single["alternatives"]
    assert 1 <= len(single["alternatives"]) <= 2
    several = translate(client, q=[text, "old dog"], alternatives=2).json()
    assert several["alternatives"][0] == single["alternatives"]


def test_alternatives_beyond_the_limits_are_as_many_as_there_may_be(client: httpx.Client) -> None:
    most = translate(client, q="red cat", alternatives=9).json()
    assert translate(client, q="red cat", alternatives=1000).json() == most
    assert translate(client, q="red cat", alternatives=-1).json() == translate(client, q="red cat").json()


@pytest.mark.parametrize("blank", [" ", " \n\t", "\u3000", [" "], ["", " "]])
@pytest.mark.parametrize("source", ["en", "auto"])
@pytest.mark.parametrize("form", ["text", "html"])
def test_blank_texts_come_back_as_they_are(
    client: httpx.Client, blank: str | list[str], source: str, form: str
) -> None:
    response = translate(client, q=blank, source=source, format=form)
    assert response.status_code == 200
    assert response.json()["translatedText"] == blank


@pytest.mark.parametrize(("source", "target"), [("EN", "XX"), ("en-US", "xx"), ("en_GB", "xx-Latn"), ("eng", "xx")])
def test_codes_may_have_any_case_region_and_length(client: httpx.Client, source: str, target: str) -> None:
    expected = translate(client, q="red cat").json()
    assert translate(client, q="red cat", source=source, target=target).json() == expected
    assert translate(client, q="red cat", source="AUTO", target=target).status_code == 200


@pytest.mark.parametrize("code", ["en", "EN-gb", "xx"])
def test_a_text_in_the_target_language_already_is_the_answer(client: httpx.Client, code: str) -> None:
    assert translate(client, q="red cat", source=code, target=code.lower()[:2]).json() == {"translatedText": "red cat"}


def test_line_breaks_and_white_space_stay_where_they_are(client: httpx.Client) -> None:
    one, two = (translate(client, q=text).json()["translatedText"] for text in ("red cat", "old dog"))
    text = "red cat\n\n  old dog\r\nred cat\n"
    assert translate(client, q=text).json()["translatedText"] == f"{one}\n\n  {two}\r\n{one}\n"


def test_beam_size_and_length_are_taken_from_the_request(client: httpx.Client, package: Path) -> None:
    with Translator.load(package, threads=1) as translator:
        options = translator.options(beam_size=1, max_length=3)
        greedy = translate_texts(translator, ["small old house and tree"], options)[0].text()
    response = translate(client, q="small old house and tree", beam_size=1, max_length=3)
    assert response.json()["translatedText"] == greedy


def test_requests_of_many_clients_at_once_get_their_own_answers(client: httpx.Client) -> None:
    texts = [f"{colour} {thing}" for colour in ("red", "blue", "old", "small") for thing in ("cat", "dog", "tree")]
    alone = [translate(client, q=text).json()["translatedText"] for text in texts]
    with ThreadPoolExecutor(12) as pool:
        together = list(pool.map(lambda text: translate(client, q=text).json()["translatedText"], texts))
    assert together == alone


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"q": ""}, "missing q parameter"),
        ({"q": []}, "missing q parameter"),
        ({}, "missing q parameter"),
        ({"q": 5}, "Invalid request: q: "),
        ({"q": "cat", "target": "zz"}, "en to zz is not supported; supported pairs: en to xx"),
        ({"q": "cat", "source": "xx", "target": "en"}, "xx to en is not supported"),
        ({"q": "cat", "source": "zz"}, "zz is not supported as a source language; supported pairs: en to xx"),
        ({"q": "cat", "source": ""}, "missing source parameter"),
        ({"q": "cat " * 60}, "request (240) exceeds text limit (200)"),
        ({"q": ["cat " * 30, "cat " * 30]}, "request (240) exceeds text limit (200)"),
        ({"q": "cat", "beam_size": 0}, "beam_size: Input should be greater than or equal to 1"),
        ({"q": "cat", "beam_size": 11}, "beam_size is 11, allowed: 1 to 10"),
        ({"q": "cat", "alternatives": 2, "beam_size": 2}, "3 translations asked for with beam_size 2"),
        ({"q": "cat", "max_length": 0}, "max_length: Input should be greater"),
        ({"q": "cat", "format": "rtf"}, "format: Input should be 'text' or 'html'"),
        ({"q": "cat", "beam_size": True}, "beam_size: Input should be a valid integer"),
        ({"q": "cat", "source": "auto", "target": "zz"}, "auto to zz is not supported; supported pairs: en to xx"),
    ],
)
def test_a_bad_request_is_400_with_a_sentence_that_names_the_fault(
    client: httpx.Client, body: dict[str, object], message: str
) -> None:
    response = translate(client, **body)
    assert response.status_code == 400
    assert list(response.json()) == ["error"]
    assert message in response.json()["error"]


def test_broken_json_is_400_and_says_where(client: httpx.Client) -> None:
    response = client.post("/translate", content='{"q": ', headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert "Invalid JSON format" in response.json()["error"]


@pytest.mark.parametrize("escaped", [{"q": "cat \ud800"}, {"q": ["cat", "\udfff"]}, {"q": "cat", "target": "\ud800"}])
def test_half_a_surrogate_pair_is_400(client: httpx.Client, escaped: dict[str, object]) -> None:
    body = json.dumps({"source": "en", "target": "xx", **escaped})
    response = client.post("/translate", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert "is a lone surrogate" in response.json()["error"]


@pytest.mark.parametrize("content", [b"[]", b"null", b"q=cat&source=en&target=xx"])
def test_a_body_that_is_no_object_is_400_and_says_what_to_send(client: httpx.Client, content: bytes) -> None:
    response = client.post("/translate", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert "JSON" in response.json()["error"]
    without_type = client.post("/translate", content=content)
    assert without_type.status_code == 400
    assert "Content-Type: application/json" in without_type.json()["error"]


@pytest.mark.parametrize("content", [b'{"q": "\xff"}', b"[" * 3000])
def test_a_body_no_decoder_takes_is_400_with_the_remedy(client: httpx.Client, content: bytes) -> None:
    response = client.post("/translate", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    assert response.json()["error"].startswith("Invalid JSON format: the body cannot be read: send UTF-8")


def test_a_fault_of_the_server_is_500_in_the_same_shape(tmp_path: Path) -> None:
    settings = Settings(models_dir=tmp_path)
    app = create_app(settings)

    @app.get("/fault")
    async def fault() -> None:
        raise ZeroDivisionError

    with running_server(settings, app) as broken:
        response = broken.get("/fault")
    assert response.status_code == 500
    assert "try again" in response.json()["error"]


def test_a_body_over_the_limit_is_413_with_and_without_its_length(client: httpx.Client) -> None:
    body = b'{"q": "' + b"x" * 5000
    chunks = (body[start : start + 1000] for start in range(0, len(body), 1000))
    for content in (body, chunks):
        response = client.post("/translate", content=content, headers={"Content-Type": "application/json"})
        assert response.status_code == 413
        assert "exceeds 4000 bytes" in response.json()["error"]


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_compressed_body_is_read_and_limited_like_a_plain_one(
    client: httpx.Client, encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    body = json.dumps({"q": "red cat", "source": "en", "target": "xx"}).encode()
    whole, expected = compress(body), translate(client, q="red cat").json()
    pieces = (whole[start : start + 7] for start in range(0, len(whole), 7))
    assert client.post("/translate", content=whole, headers=headers).json() == expected
    assert client.post("/translate", content=pieces, headers=headers).json() == expected
    for content, status in ((compress(b"x" * 10**7), 413), (whole[:-3], 400), (b"no", 400)):
        response = client.post("/translate", content=content, headers=headers)
        assert (response.status_code, list(response.json())) == (status, ["error"])


def test_another_encoding_of_the_body_is_415(client: httpx.Client) -> None:
    response = client.post("/translate", content=b"x", headers={"Content-Encoding": "br"})
    assert response.status_code == 415
    assert "gzip" in response.json()["error"]


def test_attributes_are_translated_on_request(client: httpx.Client) -> None:
    request = {"q": '<img alt="red cat">', "source": "en", "target": "xx", "format": "html"}
    assert client.post("/translate", json=request).json()["translatedText"] == request["q"]
    answer = client.post("/translate", json={**request, "translate_attributes": True}).json()["translatedText"]
    assert answer.startswith('<img alt="')
    assert answer != request["q"]


def test_unknown_paths_and_methods_answer_in_the_same_shape(client: httpx.Client) -> None:
    assert client.get("/nowhere").status_code == 404
    wrong_method = client.get("/suggest")
    assert wrong_method.status_code == 405
    assert list(wrong_method.json()) == ["error"]
    assert wrong_method.headers["Allow"] == "POST"


def test_languages_have_names_and_targets(client: httpx.Client) -> None:
    assert client.get("/languages").json() == [
        {"code": "en", "name": "English", "targets": ["xx"], "pivots": {}, "aliases": ["eng"]}
    ]


def test_alive_and_ready_are_two_things(client: httpx.Client, tmp_path: Path) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    ready = client.get("/ready").json()
    assert ready["status"] == "ready"
    assert list(ready["models"]) == ["en-xx"]
    with running_server(Settings(models_dir=tmp_path)) as empty:
        assert empty.get("/health").status_code == 200
        assert empty.get("/ready").status_code == 503
        assert "train one with nmt train" in empty.get("/ready").json()["error"]


def test_a_full_queue_is_429_with_retry_after(package: Path) -> None:
    settings = Settings(models_dir=package.parent, threads=1, max_waiting=1)
    with running_server(settings) as small:
        lines = "\n".join(["small old house and red cat and blue tree"] * 100)
        with ThreadPoolExecutor(8) as clients:
            responses = list(clients.map(lambda _: translate(small, q=lines), range(8)))
        assert {response.status_code for response in responses} == {200, 429}
        refused = next(response for response in responses if response.status_code == 429)
        assert refused.headers["Retry-After"] == "1"
        assert "try again" in refused.json()["error"]
        assert translate(small, q="red cat").status_code == 200


def test_a_request_that_takes_too_long_is_503(package: Path) -> None:
    with running_server(Settings(models_dir=package.parent, threads=1, timeout_seconds=1e-9)) as hurried:
        response = translate(hurried, q="red cat")
        assert response.status_code == 503
        assert "no translation within" in response.json()["error"]


def test_the_openapi_page_shows_an_example(client: httpx.Client) -> None:
    assert client.get("/docs").status_code == 200
    path = client.get("/openapi.json").json()["paths"]["/translate"]["post"]
    schema = path["requestBody"]["content"]["application/json"]["schema"]
    assert schema["examples"][0]["q"] == "Good morning!"


def test_pages_of_other_origins_may_call_only_where_that_is_set(package: Path) -> None:
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    for origins, allowed in (((), None), (("https://example.org",), "https://example.org")):
        with running_server(Settings(models_dir=package.parent, threads=1, cors_origins=origins)) as client:
            response = client.options("/translate", headers=preflight)
            assert response.headers.get("Access-Control-Allow-Origin") == allowed
            answer = client.get("/languages", headers={"Origin": "https://elsewhere.org"})
            assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_form_that_is_none_is_said_to_be_so(client: httpx.Client) -> None:
    answer = client.post("/translate", content=b"x", headers={"Content-Type": "multipart/form-data"})
    assert answer.status_code == 400
    assert "boundary" in answer.json()["error"]
