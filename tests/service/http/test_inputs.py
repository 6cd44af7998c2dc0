"""Fields arrive as their client wrote them, in whichever part of a request they stand, and only UTF-8 is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servers import running_server

from service.settings import Settings

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TEXT = "Die T\u00fcr ist gr\u00fcn \u2013 \u732b \U0001f408."
LATIN = "T\u00fcr".encode("latin-1")


@pytest.fixture(scope="module")
def client(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    state = tmp_path_factory.mktemp("state")
    with running_server(Settings(models_dir=package.parent, threads=1, suggestions=True, state_dir=state)) as connected:
        yield connected


def read_as(response: httpx.Response) -> str:
    """The text that the service has read."""
    assert response.status_code == 200, response.text
    return " ".join(each["source"] for each in response.json()["details"]["sentences"])


def form(text: str, **fields: str) -> bytes:
    """A form as `curl -d` and `wget --post-data` send it: in raw UTF-8."""
    return "&".join(f"{name}={value}" for name, value in {"q": text, **fields}.items()).encode()


PAIR = {"source": "en", "target": "xx", "details": "true"}


def test_a_form_in_raw_utf8_is_read_as_utf8(client: httpx.Client) -> None:
    assert read_as(client.post("/translate", content=form(TEXT, **PAIR), headers=FORM)) == TEXT


def test_a_form_may_mix_raw_and_escaped_bytes(client: httpx.Client) -> None:
    content = form("T%C3", **PAIR).replace(b"T%C3", b"T%C3\xbcr+x%2By")
    assert read_as(client.post("/translate", content=content, headers=FORM)) == "T\u00fcr x+y"


def test_escapes_json_multipart_and_the_query_string_give_the_same_text(client: httpx.Client) -> None:
    fields = {"q": TEXT, **PAIR}
    several = [
        client.post("/translate", data=fields),
        client.post("/translate", json=fields),
        client.post("/translate", params=fields),
        client.post("/translate", files={name: (None, value) for name, value in fields.items()}),
        client.post("/translate", content=json.dumps(fields, ensure_ascii=False).encode()),
    ]
    assert [read_as(response) for response in several] == [TEXT] * len(several)


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_suggestion_sent_as_a_form_is_kept_as_it_was(client: httpx.Client, text: str) -> None:
    fields = {"s": f"x{text}x", "source": "en", "target": "xx"}
    escaped = urlencode({"q": "red cat", **fields}).encode()
    for content in (escaped, form("red cat", **{**fields, "s": quote(f"x{text}x")})):
        assert client.post("/suggest", content=content, headers=FORM).status_code == 200
        translated = client.post("/translate", json={"q": "red cat", "source": "en", "target": "xx"})
        assert translated.json()["translatedText"] == f"x{text}x"


def test_a_glossary_sent_as_a_raw_form_is_kept_as_it_was(client: httpx.Client) -> None:
    content = "name=T\u00fcren&source_lang=EN&target_lang=XX&entries=gr\u00fcn%09\u732b&entries_format=tsv"
    made = client.post("/v2/glossaries", content=content.encode(), headers=FORM).json()
    assert made["name"] == "T\u00fcren"
    assert client.get(f"/v2/glossaries/{made['glossary_id']}/entries").text == "gr\u00fcn\t\u732b"


@pytest.mark.parametrize("path", ["/translate", "/suggest", "/detect", "/v2/translate", "/v2/glossaries"])
@pytest.mark.parametrize("value", [LATIN, b"T%FCr"])
def test_what_is_not_utf8_is_refused_in_forms_and_query_strings(client: httpx.Client, path: str, value: bytes) -> None:
    multipart = b'--b\r\nContent-Disposition: form-data; name="q"\r\n\r\n' + LATIN + b"\r\n--b--\r\n"
    for response in (
        client.post(path, content=b"q=" + value, headers=FORM),
        client.post(f"{path}?q=T%FCr"),
        client.post(path, content=multipart, headers={"Content-Type": "multipart/form-data; boundary=b"}),
    ):
        assert response.status_code == 400
        (message,) = response.json().values()
        assert "q is not UTF-8 at byte 1" in message


def test_the_name_of_a_file_is_utf8(client: httpx.Client) -> None:
    answer = client.post(
        "/translate_file", files={"file": ("T\u00fcr.xyz", b"x")}, data={"source": "en", "target": "xx"}
    )
    assert "'T\u00fcr.xyz' is of no kind" in answer.json()["error"]


def test_query_string_and_body_are_one(client: httpx.Client) -> None:
    page = "<p>red cat</p>"
    query = "/translate?source=en&format=html"
    answers = [
        client.post(query, data={"q": page, "target": "xx"}).json(),
        client.post(query, json={"q": page, "target": "xx"}).json(),
        client.post(query, files={"q": (None, page), "target": (None, "xx")}).json(),
    ]
    expected = client.post("/translate", json={"q": page, "source": "en", "target": "xx", "format": "html"}).json()
    assert answers == [expected] * 3


def test_the_body_overrides_the_query_string(client: httpx.Client) -> None:
    response = client.post("/translate?q=old+dog&source=zz", data={"q": "old tree", **PAIR})
    assert read_as(response) == "old tree"


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_means_left_out(client: httpx.Client, empty: str | None) -> None:
    names = ("format", "alternatives", "beam_size", "max_length", "glossary", "details", "api_key")
    plain = {"q": "red cat", "source": "en", "target": "xx"}
    answer = client.post("/translate", json={**plain, **dict.fromkeys(names, empty)})
    assert answer.json() == client.post("/translate", json=plain).json()


def test_a_form_may_have_thousands_of_fields(client: httpx.Client) -> None:
    fields = {f"unused{number}": "x" for number in range(3000)}
    for response in (
        client.post("/detect", data={"q": "red cat", **fields}),
        client.post("/detect", files={name: (None, value) for name, value in {"q": "red cat", **fields}.items()}),
    ):
        assert response.status_code == 200
