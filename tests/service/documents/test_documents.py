"""Documents through the service: handed over, followed, fetched, kept through a kill, and forgotten."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from servers import running_server, server_process

from service.access.keys import Keys
from service.documents.store import Documents, Order
from service.settings import Settings
from service.state import State

Start = Callable[..., AbstractContextManager[httpx.Client]]
SUBTITLES = "1\n00:00:01,000 --> 00:00:02,500\nThe red cat runs.\n\n2\n00:00:03,000 --> 00:00:04,000\nIt sleeps.\n"
LONG = "".join(f"The red cat number {number} sleeps and the small dog runs.\n\n" for number in range(300))


@pytest.fixture
def start(package: Path, tmp_path: Path) -> Start:
    def started(**settings: object) -> AbstractContextManager[httpx.Client]:
        return running_server(Settings(models_dir=package.parent, threads=2, state_dir=tmp_path, **settings))

    return started


@pytest.fixture
def client(start: Start) -> Iterator[httpx.Client]:
    with start() as connected:
        yield connected


def send(client: httpx.Client, name: str, content: str | bytes, **fields: str) -> httpx.Response:
    data = {"source": "en", "target": "xx", **fields}
    return client.post("/translate_file", files={"file": (name, content)}, data=data, timeout=60)


def followed(client: httpx.Client, address: str) -> list[dict[str, Any]]:
    """What the service says of a document until it is done or has failed."""
    told = [client.get(address).json()]
    while told[-1]["status"] in {"queued", "translating"}:
        told.append(client.get(address).json())
    return told


def test_a_file_is_translated_and_fetched_as_libretranslate_s_clients_do_it(client: httpx.Client) -> None:
    answer = send(client, "film.srt", SUBTITLES)
    assert answer.status_code == 200
    address = answer.json()["translatedFileUrl"]
    assert re.search(r"/download_file/[0-9A-F]{32}\.film\.xx\.srt$", address)
    file = client.get(address)
    assert file.headers["Content-Disposition"] == "attachment; filename*=utf-8''film.xx.srt"
    assert file.headers["Content-Type"] == "application/octet-stream"
    lines = file.text.splitlines()
    assert lines[:2] == SUBTITLES.splitlines()[:2]
    body = {"q": ["The red cat runs.", "It sleeps."], "source": "en", "target": "xx"}
    assert lines[2] == client.post("/translate", json=body).json()["translatedText"][0]


PDF = b"""%PDF-1.7
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R/MediaBox[0 0 9 9]>>endobj
4 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
5 0 obj<</Length 26>>stream
BT /F 9 Tf (red cat) Tj ET
endstream endobj
trailer<</Root 1 0 R>>
startxref
0
%%EOF
"""


def test_a_file_that_cannot_be_written_in_its_format_gets_the_name_of_the_one_it_is_written_in(
    client: httpx.Client,
) -> None:
    address = send(client, "film.pdf", PDF).json()["translatedFileUrl"]
    assert address.endswith(".film.xx.html")
    assert client.get(address).text.startswith("<!DOCTYPE html>")
    assert ".pdf" in client.get("/frontend/settings").json()["supportedFilesFormat"]


def test_its_progress_is_told_without_waiting(client: httpx.Client) -> None:
    answer = send(client, "long.txt", LONG, wait="false")
    told = followed(client, answer.json()["statusUrl"])
    shares = [each["progress"] for each in told]
    assert shares == sorted(shares)
    assert told[-1] == {"status": "done", "progress": 1.0, "characters": told[0]["characters"], "error": None}
    translated = client.get(answer.json()["translatedFileUrl"]).text
    assert translated.count("\n\n") == LONG.count("\n\n")
    paragraphs = translated.rstrip().split("\n\n")
    assert all(str(number) in re.findall(r"\d+", paragraph) for number, paragraph in enumerate(paragraphs))


def test_the_address_may_be_asked_before_the_document_is_done(client: httpx.Client) -> None:
    answer = send(client, "some.txt", LONG[:5000], wait="false")
    assert client.get(answer.json()["translatedFileUrl"], timeout=60).status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "fields", "message"),
    [
        ("film.exe", b"x", {}, "'film.exe' is of no kind that can be translated"),
        ("broken.docx", b"PK no archive", {}, "broken.docx"),
        ("scan.pdf", b"%PDF-1.7 no more", {}, "scan.pdf"),
        ("latin.txt", "gr\xfc\xdfe".encode("latin-1"), {}, "latin.txt"),
        ("table.csv", b"id,text\n1,cat\n", {}, "table.csv"),
        ("table.csv", b"id,text\n1,cat\n", {"column": "nope"}, "nope"),
        ("a.txt", b"cat", {"target": "zz"}, "en to zz is not supported"),
        ("a.txt", b"cat", {"source": "auto", "glossary": "x"}, "requires the source language"),
        ("", b"cat", {}, "file"),
    ],
)
def test_what_cannot_be_translated_is_said_at_once(
    client: httpx.Client, name: str, content: bytes, fields: dict[str, str], message: str
) -> None:
    answer = send(client, name, content, **fields)
    assert answer.status_code == 400
    assert message in answer.json()["error"]


def test_without_a_file_the_field_is_named(client: httpx.Client) -> None:
    answer = client.post("/translate_file", data={"source": "en", "target": "xx"})
    assert answer.status_code == 400
    assert "missing file parameter" in answer.json()["error"]


def test_attributes_of_a_page_are_translated_on_request(client: httpx.Client) -> None:
    page = '<p><img alt="red cat"></p><textarea>old dog</textarea>'
    one = send(client, "a.html", page).json()["translatedFileUrl"]
    assert client.get(one).text == page
    other = client.get(send(client, "a.html", page, translate_attributes="true").json()["translatedFileUrl"]).text
    assert re.fullmatch('<p><img alt="(?!red cat")[^"]+"></p><textarea>(?!old dog)[^<]+</textarea>', other)


def test_a_named_column_of_a_table_is_translated(client: httpx.Client) -> None:
    answer = send(client, "table.csv", "id,text\ncat,red cat\n", column="text")
    rows = client.get(answer.json()["translatedFileUrl"]).text.splitlines()
    assert rows[0] == "id,text"
    assert rows[1].startswith("cat,")


def test_the_language_of_a_document_is_detected(client: httpx.Client) -> None:
    answer = send(client, "a.txt", "The red cat runs in the house.", source="auto")
    assert answer.status_code == 200
    assert client.get(answer.json()["translatedFileUrl"]).text != "The red cat runs in the house."


def test_large_files_are_refused_by_size(start: Start) -> None:
    with start(max_document_bytes=100_000) as client:
        answer = send(client, "large.txt", b"x" * 200_000)
        assert answer.status_code == 413
        assert send(client, "small.txt", b"1 " * 40_000).status_code == 200


def test_unknown_documents_are_not_found(client: httpx.Client) -> None:
    for path in ("/download_file/" + "0" * 32 + ".a.txt", "/translate_file/" + "0" * 32, "/download_file/x"):
        assert client.get(path).status_code == 404


def test_documents_are_forgotten_after_their_time(start: Start) -> None:
    with start(document_hours=0.5 / 3600.0) as client:
        answer = send(client, "a.txt", "red cat", wait="false").json()
        while client.get(answer["statusUrl"]).status_code == 200:
            pass
        assert client.get(answer["translatedFileUrl"]).status_code == 404


def test_a_document_counts_for_its_key_and_fails_if_the_quota_does_not_suffice(start: Start, tmp_path: Path) -> None:
    state = State(tmp_path)
    keys = Keys(state)
    key = keys.add("shop", characters_per_month=10)
    with start(api_keys="required") as client:
        assert send(client, "a.txt", "red cat").status_code == 400
        assert send(client, "a.txt", "red cat", api_key=key).status_code == 200
        refused = send(client, "a.txt", "red cat", api_key=key)
        assert refused.status_code == 403
        assert "Quota" in refused.json()["error"]
    found = keys.find(key)
    assert found is not None
    assert keys.used(found.id) == 7
    state.close()


def test_a_document_survives_a_kill_while_it_is_translated(package: Path, tmp_path: Path) -> None:
    settings = Settings(models_dir=package.parent, state_dir=tmp_path)
    with server_process(settings) as server:
        answer = send(server.client, "long.txt", LONG, wait="false").json()
        path = httpx.URL(answer["statusUrl"]).path
        while not server.client.get(path).json()["progress"]:
            pass
        server.send_signal(signal.SIGKILL)
        server.wait()
    with server_process(settings) as server:
        assert followed(server.client, path)[-1]["status"] == "done"
        translated = server.client.get(httpx.URL(answer["translatedFileUrl"]).path).text
        assert translated.count("\n\n") == LONG.count("\n\n")


def test_a_stop_leaves_a_document_to_the_next_start(package: Path, tmp_path: Path) -> None:
    settings = Settings(models_dir=package.parent, state_dir=tmp_path)
    with server_process(settings) as server:
        answer = send(server.client, "long.txt", LONG, wait="false").json()
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0
    with server_process(settings) as server:
        assert followed(server.client, httpx.URL(answer["statusUrl"]).path)[-1]["status"] == "done"


def test_a_document_that_killed_its_process_again_and_again_is_given_up(start: Start, tmp_path: Path) -> None:
    state = State(tmp_path)
    order = Order("owner", "a.txt", "en", "xx", None, None, 7, 7, "2026-01")
    document_id = Documents(state, 1.0).add(order, b"red cat").id
    state.run("update document set attempts = 3")
    state.close()
    with start() as client:
        told = followed(client, f"/translate_file/{document_id}")[-1]
        assert told["status"] == "error"
        assert "repeatedly" in told["error"]
        assert client.get(f"/download_file/{document_id}.a.txt").status_code == 400
        assert client.delete(f"/translate_file/{document_id}").status_code == 204
        assert client.get(f"/translate_file/{document_id}").status_code == 404


def test_documents_go_on_after_the_file_was_held_by_another(
    start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with start() as client:
        holder = sqlite3.connect(tmp_path / "service.sqlite3", isolation_level=None)
        holder.execute("begin immediate")
        while not any(record.name == "service.documents" for record in caplog.records):
            client.get("/health")
        holder.execute("rollback")
        holder.close()
        assert send(client, "a.txt", "red cat").status_code == 200


def test_a_document_outlives_the_translator_that_it_began_with(package: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    shutil.copytree(package, models / "en-xx")
    settings = Settings(
        models_dir=models, threads=1, state_dir=tmp_path / "state", timeout_seconds=0.2, reload_seconds=0.1
    )
    with running_server(settings) as client:
        page = "<p>The red cat sleeps and the small dog runs.</p>" * 400
        answer = send(client, "page.html", page, wait="false").json()
        while not client.get(answer["statusUrl"]).json()["progress"]:
            pass
        os.utime(models / "en-xx" / "manifest.json")
        assert followed(client, answer["statusUrl"])[-1]["status"] == "done"


def test_too_much_text_is_refused_with_its_size(start: Start) -> None:
    with start(max_document_characters=100) as client:
        answer = send(client, "a.txt", "red cat " * 20)
        assert answer.status_code == 400
        assert "characters to translate, at most 100 are allowed" in answer.json()["error"]
