"""What the service says of itself: metrics without texts, a log line and an id for every request."""

from __future__ import annotations

import json
import logging
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from servers import running_server, server_process

from service.settings import Settings


@pytest.fixture
def client(package: Path) -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=package.parent, threads=2)) as connected:
        yield connected


def figures(client: httpx.Client) -> dict[tuple[str, ...], float]:
    """Values by name and labels."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def translate(client: httpx.Client, text: str, **headers: str) -> httpx.Response:
    return client.post("/translate", json={"q": text, "source": "en", "target": "xx"}, headers=headers)


def test_requests_subwords_and_models_are_counted(client: httpx.Client) -> None:
    assert translate(client, "red cat").status_code == 200
    assert translate(client, "").status_code == 400
    assert client.get("/nowhere/secret").status_code == 404
    found = figures(client)
    assert found["nmt_requests_total", "/translate", "200"] == 1.0
    assert found["nmt_requests_total", "/translate", "400"] == 1.0
    assert found["nmt_requests_total", "other", "404"] == 1.0
    assert found["nmt_request_seconds_count", "/translate"] == 2.0
    assert found["nmt_output_subwords_total", "en-xx"] > 0.0
    assert found["nmt_running_rows", "en-xx"] == found["nmt_waiting_sentences", "en-xx"] == 0.0
    version = client.get("/ready").json()["models"]["en-xx"]
    assert found["nmt_model_info", "en-xx", version] == 1.0


def test_no_label_holds_what_a_client_wrote(client: httpx.Client) -> None:
    translate(client, "small secret house")
    client.post("/translate?q=secret&source=secret&target=secret")
    client.get("/secret")
    assert "secret" not in client.get("/metrics").text


def test_an_abandoned_request_leaves_no_rows_behind(client: httpx.Client) -> None:
    with pytest.raises(httpx.ReadTimeout):
        client.post(
            "/translate", json={"q": "red cat\n" * 600, "source": "en", "target": "xx", "beam_size": 10}, timeout=0.05
        )
    end = time.monotonic() + 20.0
    while figures(client)["nmt_running_rows", "en-xx"] and time.monotonic() < end:
        pass
    found = figures(client)
    assert found["nmt_running_rows", "en-xx"] == found["nmt_waiting_sentences", "en-xx"] == 0.0


def test_the_request_id_is_the_clients_or_a_new_one(client: httpx.Client) -> None:
    assert translate(client, "red cat", **{"X-Request-Id": "order-7"}).headers["X-Request-Id"] == "order-7"
    made = [translate(client, "red cat", **{"X-Request-Id": bad}).headers["X-Request-Id"] for bad in ("a b", "x" * 65)]
    assert len({*made}) == 2
    assert all(len(one) == 32 for one in made)
    assert client.get("/nowhere").headers["X-Request-Id"]


def test_the_log_has_a_line_a_request_without_its_text(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "service.requests"):
        client.post("/translate?q=secret&source=en&target=xx", headers={"X-Request-Id": "seven"})
        while not (records := [record for record in caplog.records if vars(record).get("request_id") == "seven"]):
            client.get("/health")  # the line is written after the answer
    record = records[0]
    assert (vars(record)["path"], vars(record)["status"]) == ("/translate", 200)
    assert "secret" not in str(vars(record))


def test_the_server_logs_lines_of_json_and_no_text(package: Path) -> None:
    with server_process(Settings(models_dir=package.parent)) as server:
        assert server.client.post("/translate?q=secret&source=en&target=xx").status_code == 200
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0
        lines = [json.loads(line) for line in server.lines()]
    request = next(line for line in lines if line["logger"] == "service.requests")
    assert (request["path"], request["status"], request["level"]) == ("/translate", 200, "INFO")
    assert "secret" not in json.dumps(lines)
