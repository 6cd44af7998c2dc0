"""The service in a container as docker-compose.yml runs it: hardened, healthy, drained."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Event, Semaphore
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.docker

Docker = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., AbstractContextManager[Any]]
Translate = Callable[..., httpx.Response]
ASK = """
import json, urllib.request
body = json.dumps({"q": "Good morning!", "source": "en", "target": "de"}).encode()
request = urllib.request.Request("http://127.0.0.1:8000/translate", body, {"Content-Type": "application/json"})
print(json.load(urllib.request.urlopen(request))["translatedText"])
"""


def test_it_translates(serving: Any, translate: Translate) -> None:
    assert translate(serving.url).json() == {"translatedText": "Guten Morgen!"}


def test_its_log_is_lines_of_json(serving: Any, translate: Translate, shipped: list[str]) -> None:
    translate(serving.url)
    lines = serving.log()
    assert {"level", "logger", "message", "time"} <= set.intersection(*(set(line) for line in lines))
    assert any(line["message"] == "request" and line["path"] == "/translate" for line in lines)
    assert [line["message"].split(": ")[1].split(",")[0] for line in lines if line["logger"] == "container"] == shipped


def test_its_root_is_read_only_and_it_has_no_privileges(serving: Any) -> None:
    for path in ("/here", "/opt/nmt/here", "/usr/share/nmt/models/here", "/etc/here"):
        assert serving.run("touch", path, check=False).returncode != 0
    for path in ("/tmp/here", "/models/.here", "/state/here"):
        serving.run("touch", path)
    status = dict(re.findall(r"^(\w+):\s+(\w+)", serving.run("cat", "/proc/self/status").stdout, re.MULTILINE))
    assert {status[name] for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    assert status["Uid"] == "10001"


@pytest.mark.parametrize(("limit", "threads"), [("0.5", 1), ("1", 1), ("2", 2)])
def test_threads_follow_the_limit(docker: Docker, serve_image: str, limit: str, threads: int) -> None:
    if float(limit) > (os.cpu_count() or 1):
        pytest.skip(f"this machine has fewer than {limit} processors")
    code = "from nmt.runtime import available_cpus; print(available_cpus())"
    told = docker("run", "--rm", "--cpus", limit, "--entrypoint=python", serve_image, "-c", code).stdout
    assert int(told) == threads


def test_it_is_unhealthy_without_a_translator_and_healthy_with_one_again(serve_image: str, started: Start) -> None:
    options = ("--health-interval=1s", "--health-retries=2", "--env=NMT_RELOAD_SECONDS=0.5")
    with started(serve_image, *options) as container:
        healths = container.healths()
        assert next(healths) == "healthy"
        container.run("sh", "-c", "for model in /models/*; do mv $model /models/.${model##*/}; done")
        assert next(healths) == "unhealthy"
        container.run("sh", "-c", "mv /models/.en-de /models/en-de")
        assert next(healths) == "healthy"


def test_a_service_that_still_loads_is_not_unhealthy(serve_image: str, started: Start) -> None:
    """On half a processor it takes seconds, in which probes fail."""
    options = ("--cpus=0.5", "--health-interval=1s", "--health-retries=1", "--health-timeout=20s")
    with started(serve_image, *options) as container:
        assert container.state["Health"]["Status"] == "starting"
        assert next(container.healths()) == "healthy"


def test_what_it_has_begun_is_answered_when_it_is_stopped_in_a_burst(
    serve_image: str, ready: Start, translate: Translate
) -> None:
    with ready(serve_image, "--cpus=1") as container, ThreadPoolExecutor(9) as pool:
        url = container.url
        answered_once, stopping = Semaphore(0), Event()
        burst = [pool.submit(ask_until, stopping, translate, url, answered_once) for _ in range(8)]
        for _ in burst:
            answered_once.acquire()
        sentences = [f"The {number} old houses of this town stand by the river." for number in range(100)]
        long = pool.submit(translate, url, sentences, beam_size=10)
        while sentences_of(httpx.get(f"{url}/metrics").text) < len(sentences) / 2:
            pass
        stopping.set()
        container.stop()
        assert long.result().status_code == 200
        assert len(long.result().json()["translatedText"]) == len(sentences)
        statuses = [status for one in burst for status in one.result()]
        answered = [line for line in container.log() if line.get("path") == "/translate"]
        assert len(answered) == 1 + statuses.count(200)
        assert {*statuses} <= {200, 503}, "503: it came when the service had been told"
        assert container.state["ExitCode"] == 0
        assert not container.state["OOMKilled"]


def sentences_of(figures: str) -> float:
    """That wait or are being translated."""
    found = re.findall(r"^nmt_(?:waiting|running)_sentences{.*} (.*)$", figures, re.MULTILINE)
    return sum(map(float, found))


def ask_until(stopping: Event, translate: Translate, url: str, answered_once: Semaphore) -> list[int]:
    """The statuses of one request after the other, each sent before the service was told to stop."""
    statuses = [translate(url).status_code]
    answered_once.release()
    while not stopping.is_set():
        statuses.append(translate(url).status_code)
    return statuses


def test_a_setting_that_cannot_be_ends_it_with_status_1(docker: Docker, serve_image: str) -> None:
    done = docker("run", "--rm", "--env=NMT_THREADS=none", serve_image, check=False)
    assert done.returncode == 1
    assert "threads" in done.stdout + done.stderr


def test_a_volume_of_another_owner_is_told_apart_and_mended_by_the_command_told(
    docker: Docker, serve_image: str, volume: str, ready: Start
) -> None:
    # An empty one would get the owner of the directory that it is mounted over.
    of_root = ("--user=0", "--entrypoint=touch", f"--volume={volume}:/state")
    docker("run", "--rm", *of_root, serve_image, "/state/here")
    docker("run", "--rm", "--user=0", "--entrypoint=chown", f"--volume={volume}:/state", serve_image, "0:0", "/state")
    refused = docker("run", "--rm", f"--volume={volume}:/state", serve_image, check=False)
    assert refused.returncode == 1
    message = json.loads(refused.stdout)["message"]
    assert message.startswith(
        "/state belongs to 0:0, and this container runs as 10001:10001, which cannot write there."
    )
    command = re.search(r"docker (run .*)$", message)
    assert command is not None
    docker(*shlex.split(command[1].replace("VOLUME", volume).replace("IMAGE", serve_image)))
    with ready(serve_image, f"--volume={volume}:/state") as container:
        assert container.state["Running"]


def test_it_serves_without_a_network(serve_image: str, ready: Start) -> None:
    with ready(serve_image, "--network=none") as container:
        assert container.python(ASK) == "Guten Morgen!"
