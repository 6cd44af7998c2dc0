"""The server itself: how it stops, how long it waits, and what headers its answers have."""

from __future__ import annotations

import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from servers import running_server, server_process

from service.settings import Settings


def test_on_sigterm_what_has_begun_is_finished_and_what_is_new_is_refused(package: Path) -> None:
    answers: list[httpx.Response] = []
    body = {"q": "red cat\n" * 600, "source": "en", "target": "xx", "beam_size": 10}
    with server_process(Settings(models_dir=package.parent)) as server:
        client = server.client
        asking = threading.Thread(
            target=lambda: answers.append(httpx.post(f"{server.address}/translate", json=body, timeout=60))
        )
        asking.start()
        while asking.is_alive() and 'nmt_running_rows{model="en-xx"} 0.0' in client.get("/metrics").text:
            pass
        server.send_signal(signal.SIGTERM)
        while (refused := client.get("/ready")).status_code == 200:
            pass
        alive = client.get("/health")
        asking.join()
        assert server.wait() == 0
    assert refused.status_code == 503
    assert "stopping" in refused.json()["error"]
    assert refused.headers["Retry-After"] == "5"
    assert alive.status_code == 200
    assert answers[0].status_code == 200
    assert len(answers[0].json()["translatedText"].splitlines()) >= 600


def test_with_nothing_to_finish_it_stops_at_once_with_status_0(package: Path) -> None:
    with server_process(Settings(models_dir=package.parent)) as server:
        server.send_signal(signal.SIGINT)
        assert server.wait() == 0


@pytest.fixture
def impatient(package: Path) -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=package.parent, threads=1, read_seconds=0.2)) as connected:
        yield connected


def say(client: httpx.Client, *parts: bytes) -> bytes:
    """What the server answers to bytes and then silence, until it closes the connection."""
    assert client.base_url.port is not None
    with socket.create_connection((client.base_url.host, client.base_url.port), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        answer = b""
        while received := connection.recv(65536):
            answer += received
            if b"\r\n\r\n{" in answer:
                break
        return answer


@pytest.mark.parametrize("begun", [b"", b"POST /tran", b"POST /translate HTTP/1.1\r\nHost: here\r\nX-"])
def test_a_client_that_never_finishes_its_headers_is_let_go(impatient: httpx.Client, begun: bytes) -> None:
    with suppress(ConnectionResetError):
        assert say(impatient, begun) == b""
    assert impatient.get("/health").is_success


def test_a_body_that_never_comes_is_answered_408(impatient: httpx.Client) -> None:
    head = b"POST /translate HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    answer = say(impatient, head)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"took more than 0.2 seconds" in answer


def test_a_patient_connection_serves_many_requests(impatient: httpx.Client) -> None:
    body = {"q": "red cat", "source": "en", "target": "xx"}
    assert {impatient.post("/translate", json=body).status_code for _ in range(5)} == {200}


@pytest.mark.parametrize("path", ["/", "/docs", "/web/page.js", "/languages", "/nowhere", "/v2/usage", "/metrics"])
def test_every_answer_tells_browsers_what_it_may_do(impatient: httpx.Client, path: str) -> None:
    headers = impatient.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "http" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] in {"no-store", "no-cache"}
    assert "server" not in headers


def test_the_page_of_the_endpoints_loads_everything_from_here(impatient: httpx.Client) -> None:
    loaded = re.findall(r'(?:src|href)="([^"]+)"', impatient.get("/docs").text)
    assert len(loaded) == 4
    assert all(":" not in address and impatient.get(f"/{address}").status_code == 200 for address in loaded)
