"""Several copies of the service behind the proxy, which has to be here: the image that NGINX_IMAGE names."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.docker

FILES = ("-f", "docker-compose.yml", "-f", "docker-compose.proxy.yml")
COMPOSE = (Path(__file__).parents[2] / "docker-compose.proxy.yml").read_text(encoding="utf-8")
COPIES = 3
CERTIFICATE = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost"


@pytest.fixture(scope="module")
def _nginx(docker: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    default = re.search(r"NGINX_IMAGE:-([^}]*)}", COMPOSE)
    assert default is not None
    image = os.environ.get("NGINX_IMAGE", default[1])
    if docker("image", "inspect", image, check=False).returncode:
        pytest.skip(f"{image} is not here: docker pull {image}, or set NGINX_IMAGE")


@pytest.fixture
def proxied(compose: Any, certificates: Path) -> Iterator[Any]:
    """Compose with both files."""
    compose.environment["CERTIFICATES_DIR"] = str(certificates)
    yield partial(compose, *FILES)
    compose(*FILES, "down", "--volumes")


@pytest.fixture
def certificates(tmp_path: Path) -> Path:
    files = ("-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem"))
    subprocess.run(["openssl", *CERTIFICATE.split(), *files], check=True, capture_output=True)
    for path in (tmp_path / "key.pem", tmp_path, *tmp_path.parents[:2]):
        path.chmod(0o755)
    return tmp_path


@pytest.mark.usefixtures("_nginx")
def test_copies_share_the_requests_over_https_and_one_that_stops_breaks_none(
    compose: Any,
    proxied: Callable[..., str],
    docker: Callable[..., subprocess.CompletedProcess[str]],
    eventually: Callable[..., Any],
) -> None:
    proxied("up", "-d", "--scale", f"serve={COPIES}", "serve", "proxy")
    copies = proxied("ps", "-q", "serve").split()
    assert len(copies) == COPIES
    address = f"https://localhost:{compose.environment['HTTPS_PORT']}"
    with httpx.Client(base_url=address, verify=False, timeout=60) as client:
        eventually(lambda: all(health(docker, copy) == "healthy" for copy in copies))

        def ask() -> str:
            body = {"q": "Good morning!", "source": "en", "target": "de"}
            return client.post("/translate", json=body).raise_for_status().json()["translatedText"]

        eventually(lambda: ask() and all('"path": "/translate"' in docker("logs", copy).stdout for copy in copies))
        stopping = subprocess.Popen(["docker", "stop", copies[0]], stdout=subprocess.DEVNULL)
        answers = [ask()]
        while stopping.poll() is None:
            answers.append(ask())
        answers += [ask() for _ in range(20)]
        assert {*answers} == {"Guten Morgen!"}
        assert client.get("/metrics").status_code == 404


def health(docker: Callable[..., subprocess.CompletedProcess[str]], container: str) -> str:
    return docker("inspect", "--format", "{{.State.Health.Status}}", container).stdout.strip()
