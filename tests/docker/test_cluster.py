"""Folders of text on docker-compose.cluster.yml, while one of its containers is lost."""

from __future__ import annotations

import random
import secrets
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.docker

Docker = Callable[..., subprocess.CompletedProcess[str]]
SUBJECTS = ("The old man", "My sister", "A small dog", "Our teacher", "The red house", "Nobody")
VERBS = ("likes", "has seen", "wants to buy", "does not know", "is looking for", "sold")
OBJECTS = ("the green car", "a cup of tea", "this book", "two tickets", "the way home", "an apple")
LINES, SHARD_LINES = 4000, 20
"""Seconds of work, so that a worker is lost in the middle of it."""

MACHINES = """
import ray
ray.init(address="auto", logging_level="ERROR")
print(sum(node["Alive"] for node in ray.nodes()))
"""


@pytest.fixture
def directories(tmp_path: Path) -> tuple[Path, Path]:
    """One with a text, and an empty one; the container's user reads and writes there."""
    texts, translated = tmp_path / "texts", tmp_path / "translated"
    for path in (texts, translated):
        path.mkdir()
    for path in (tmp_path, *tmp_path.parents[:2]):
        path.chmod(0o755)
    translated.chmod(0o777)
    draw = random.Random(1)
    lines = [" ".join(map(draw.choice, (SUBJECTS, VERBS, OBJECTS))) + ".\n" for _ in range(LINES)]
    (texts / "a.txt").write_text("".join(lines), encoding="utf-8")
    return texts, translated


def test_a_worker_lost_under_load_leaves_no_trace(
    build: Callable[..., str],
    new_project: Callable[..., AbstractContextManager[Any]],
    docker: Docker,
    eventually: Callable[..., Any],
    directories: tuple[Path, Path],
) -> None:
    texts, translated = directories
    settings = {
        "CLUSTER_IMAGE": build("serve", "cluster", "--build-arg=SERVE_LOCK=cluster"),
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "TEXTS_DIR": str(texts),
        "TRANSLATED_DIR": str(translated),
        "HEAD_CPUS": "1",
        "WORKER_CPUS": "1",
    }
    with new_project(settings, "--file", "docker-compose.cluster.yml") as compose:
        compose("up", "-d", "--no-build", "--scale", "worker=2")
        head, workers = compose("ps", "-q", "head").strip(), compose("ps", "-q", "worker").split()
        eventually(lambda: docker("exec", head, "python", "-c", MACHINES, check=False).stdout.strip() == "3", 300)
        options = ["--model", "/models/en-de", "--beam-size", "1"]
        bulk = ["nmt", "bulk", "--address", "auto", *options, "--input", "/texts", "--output", "/translated"]
        command = ["docker", "exec", head, *bulk, "--shard-lines", str(SHARD_LINES)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
            for worker in workers:
                eventually(lambda container=worker: "ray::Worker.translate" in docker("top", container).stdout)
            docker("kill", workers[0])
            assert run.poll() is None, "it ended before the kill"
            said, _ = run.communicate()
        assert run.returncode == 0, said
        assert f"1 file, {LINES:,} lines, 0 errors" in said
        alone = " ".join(["nmt", "translate", *options, "< /texts/a.txt"])
        assert (translated / "a.txt").read_text(encoding="utf-8") == docker("exec", head, "sh", "-c", alone).stdout
