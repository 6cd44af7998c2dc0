"""A translator trained in a container, without a network, for the service that runs beside it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.docker

Docker = Callable[..., subprocess.CompletedProcess[str]]


def test_a_model_trained_in_a_container_is_served_without_a_restart_and_state_survives(
    compose: Any,
    eventually: Callable[..., Any],
    docker: Docker,
    train_command: tuple[str, ...],
    shipped: list[str],
) -> None:
    compose("up", "-d", "serve")
    container = compose("ps", "-q", "serve").strip()
    assert {*compose.models()} == {*shipped}
    started = docker("inspect", "--format", "{{.State.StartedAt}}", container).stdout

    compose("run", "--rm", "train", *train_command)
    assert eventually(lambda: "en-xx" in compose.models())
    body = {"q": "red old cat", "source": "en", "target": "xx"}
    assert httpx.post(f"{compose.url}/translate", json=body).status_code == 200
    assert docker("inspect", "--format", "{{.State.StartedAt}}", container).stdout == started

    suggestion = {"q": "Good morning!", "s": "Moin!", "source": "en", "target": "de"}
    assert httpx.post(f"{compose.url}/suggest", json=suggestion).status_code == 200
    compose("down")
    compose("up", "-d", "serve")
    assert {*compose.models()} == {*shipped, "en-xx"}
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
