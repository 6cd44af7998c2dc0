"""A translator trained in a container, without a network, for the service that runs beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.docker

ROOT = Path(__file__).parents[2]
Docker = Callable[..., subprocess.CompletedProcess[str]]


def compose_command() -> list[str]:
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    return ["docker", "compose"] if plugin.returncode == 0 else ["docker-compose"]


@dataclass(frozen=True)
class Project:
    """A project of docker-compose.yml with volumes and a port of its own."""

    command: tuple[str, ...]
    environment: dict[str, str]

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self.command, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['NMT_PORT']}"

    def wait_until_ready(self, seconds: float = 120.0) -> httpx.Response:
        def ready() -> httpx.Response | None:
            answer = httpx.get(f"{self.url}/ready")
            return answer if answer.status_code == 200 else None

        return eventually(ready, seconds)


def eventually(look: Callable[[], Any], seconds: float) -> Any:
    """What `look` gives when it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := look():
                return found
        except httpx.TransportError:
            continue
    raise AssertionError(f"not within {seconds} seconds")


@pytest.fixture
def compose(serve_image: str, train_image: str, pairs: Path) -> Iterator[Project]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NMT_")}
    environment |= {
        "SERVE_IMAGE": serve_image,
        "TRAIN_IMAGE": train_image,
        "SERVE_CPUS": "1",
        "TRAIN_CPUS": "1",
        "CORPUS_DIR": str(pairs),
        "NMT_PORT": str(port),
        "NMT_RELOAD_SECONDS": "0.5",
        "NMT_SUGGESTIONS": "true",
    }
    project = Project((*compose_command(), "-p", f"nmt-test-{uuid.uuid4().hex[:8]}"), environment)
    yield project
    project("--profile", "train", "down", "--volumes")


def test_a_model_trained_in_a_container_is_served_without_a_restart_and_state_survives(
    compose: Project, docker: Docker, train_command: tuple[str, ...]
) -> None:
    compose("up", "-d", "serve")
    container = compose("ps", "-q", "serve").strip()
    assert compose.wait_until_ready().json()["models"].keys() == {"en-de", "de-en"}
    started = docker("inspect", "--format", "{{.State.StartedAt}}", container).stdout

    compose("run", "--rm", "train", *train_command)
    eventually(lambda: "en-xx" in compose.wait_until_ready().json()["models"], 60)
    body = {"q": "red old cat", "source": "en", "target": "xx"}
    assert httpx.post(f"{compose.url}/translate", json=body).status_code == 200
    assert docker("inspect", "--format", "{{.State.StartedAt}}", container).stdout == started

    suggestion = {"q": "Good morning!", "s": "Moin!", "source": "en", "target": "de"}
    assert httpx.post(f"{compose.url}/suggest", json=suggestion).status_code == 200
    compose("down")
    compose("up", "-d", "serve")
    assert compose.wait_until_ready().json()["models"].keys() == {"en-de", "de-en", "en-xx"}
    body = {name: suggestion[name] for name in ("q", "source", "target")}
    assert httpx.post(f"{compose.url}/translate", json=body).json() == {"translatedText": "Moin!"}


def test_training_needs_no_network(
    docker: Docker, train_image: str, pairs: Path, volume: str, train_command: tuple[str, ...]
) -> None:
    docker(
        "run", "--rm", "--user=0", "--entrypoint=chown", f"--volume={volume}:/models", train_image, "10001", "/models"
    )
    mounts = (f"--volume={pairs}:/corpus:ro", f"--volume={volume}:/models")
    limits = ("--network=none", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--cpus=1")
    docker("run", "--rm", *limits, *mounts, train_image, *train_command)
    ask = "echo red old cat | nmt translate --model /models/en-xx"
    assert docker("run", "--rm", *limits, *mounts, train_image, "sh", "-c", ask).stdout.endswith("\n")
