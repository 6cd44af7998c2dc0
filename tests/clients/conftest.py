"""Clients of other people against a real server with the shipped translators."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from servers import SHIPPED, running_server

from service.settings import Settings

PACKAGES = ("deepl-node@1.28", "libretranslate@1.0", "translate@3.1", "json-autotranslate@1.16")
"""Clients of npm, by name and version."""
PYTHON_PACKAGES = ("transpolibre~=0.8.0", "wagtail-localize~=1.14.0")
"""Clients of PyPI that need more than tests should, by name and version."""
_INSTALL_SECONDS = 300
_RUN_SECONDS = 60
RunNode = Callable[[str], Any]


@pytest.fixture(scope="module")
def server() -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=SHIPPED, threads=1)) as client:
        yield client


@pytest.fixture(scope="module")
def address(server: httpx.Client) -> str:
    """The address of the server, without a slash at its end."""
    return str(server.base_url).rstrip("/")


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> RunNode:
    """Runs the body of an asynchronous function in Node.js, where `require` finds the clients, and gives its result."""
    npm, executable = shutil.which("npm"), shutil.which("node")
    if not (npm and executable):
        pytest.skip("needs Node.js and npm")
    directory = tmp_path_factory.mktemp("node")
    command = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(directory), *PACKAGES]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_INSTALL_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"npm cannot install {', '.join(PACKAGES)}: {error}")

    def run(body: str) -> Any:
        script = directory / "client.cjs"
        script.write_text(f"(async () => {{{body}}})().then(found => console.log(JSON.stringify(found)))")
        done = subprocess.run([executable, script], capture_output=True, text=True, timeout=_RUN_SECONDS, cwd=directory)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


@pytest.fixture(scope="session")
def python_clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory with the programs of an environment that has the clients of PyPI."""
    directory = tmp_path_factory.mktemp("python") / "venv"
    uv, programs = [sys.executable, "-m", "uv"], directory / "bin"
    try:
        subprocess.run([*uv, "venv", "--quiet", directory], check=True, timeout=_INSTALL_SECONDS)
        install = [*uv, "pip", "install", "--quiet", "--python", programs / "python", *PYTHON_PACKAGES]
        subprocess.run(install, check=True, capture_output=True, timeout=_INSTALL_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"uv cannot install {', '.join(PYTHON_PACKAGES)}: {error}")
    return programs
