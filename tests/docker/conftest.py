"""A real engine: the images, built from this tree, and containers of them that leave nothing behind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
BUILD_ARGS = ("PYTHON_IMAGE", "PIP_INDEX_URL", "TORCH_INDEX_URL")
HARDENED = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--tmpfs=/tmp")
"""How docker-compose.yml runs containers too."""
LONGEST_SECONDS = 1800
"""That a command may take: building everything on a busy machine."""
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("NMT_")}


def run_docker(*arguments: object, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs `docker`; what went wrong is in the failure."""
    command = ["docker", *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=ENVIRONMENT, cwd=ROOT, timeout=LONGEST_SECONDS
    )
    if check and done.returncode:
        pytest.fail(f"docker {' '.join(map(str, arguments))}: status {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done


def engine_problem() -> str | None:
    """Why there is no engine to try; None if there is one."""
    try:
        done = run_docker("info", "--format", "{{.ServerVersion}}", check=False)
    except FileNotFoundError:
        return "docker is not installed"
    return None if done.returncode == 0 else f"no Docker engine answers: {done.stderr.strip().splitlines()[-1]}"


@dataclass(frozen=True)
class Container:
    """A container that was started."""

    id: str

    @property
    def state(self) -> dict[str, Any]:
        return json.loads(run_docker("inspect", "--format", "{{json .State}}", self.id).stdout)

    @property
    def url(self) -> str:
        """Where its port is on this machine."""
        return "http://" + run_docker("port", self.id, "8000/tcp").stdout.splitlines()[0]

    def log(self) -> list[dict[str, Any]]:
        """Its log; each line has to be JSON."""
        done = run_docker("logs", self.id)
        assert done.stderr == "", "nothing but standard output is written to"
        return [json.loads(line) for line in done.stdout.splitlines()]

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """A command inside."""
        return run_docker("exec", self.id, *command, check=check)

    def python(self, code: str) -> str:
        return self.run("python", "-c", code).stdout.strip()

    def healths(self, seconds: int = 120) -> Iterator[str]:
        """What its health becomes, from its start on; ends after so many seconds."""
        until = int(time.time()) + seconds
        command = ["docker", "events", "--since=0", f"--until={until}", "--format={{.Status}}"]
        command += [f"--filter=container={self.id}", "--filter=event=health_status"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as events:
            assert events.stdout is not None
            try:
                for line in events.stdout:
                    yield line.split()[-1]
            finally:
                events.kill()

    def stop(self, seconds: int = 40) -> None:
        run_docker("stop", "--time", seconds, self.id)


@dataclass(frozen=True)
class Project:
    """A project of Compose with volumes and a port of its own."""

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

    def models(self) -> list[str]:
        """Names of the packages served, once all of them are ready."""

        def ready() -> list[str] | None:
            answer = httpx.get(f"{self.url}/ready")
            return [*answer.json()["models"]] if answer.status_code == 200 else None

        return _eventually(ready)


def _eventually(look: Callable[[], Any], seconds: float = 120.0) -> Any:
    """What `look` gives when it gives something; until then it is asked again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(httpx.TransportError):
            if found := look():
                return found
    raise AssertionError(f"not within {seconds} seconds")


Start = Callable[..., AbstractContextManager[Container]]


@pytest.fixture(scope="session")
def shipped() -> list[str]:
    """Names of the packages that ship, which an image holds."""
    return sorted(path.name for path in (ROOT / "models").iterdir())


@pytest.fixture(scope="session", autouse=True)
def _engine() -> None:
    if problem := engine_problem():
        pytest.skip(problem)


@pytest.fixture(scope="session")
def docker() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `docker`, whatever the environment says of the service."""
    return run_docker


@pytest.fixture(scope="session")
def build() -> Callable[..., str]:
    """Builds a target; gives its tag."""

    def built(target: str, tag: str = "", *options: str) -> str:
        given = [f"--build-arg={name}={os.environ[name]}" for name in BUILD_ARGS if name in os.environ]
        name = f"seq2seq-translator-test:{tag or target}"
        run_docker("build", "--quiet", "--target", target, "--tag", name, *given, *options, ".")
        return name

    return built


@pytest.fixture(scope="session")
def serve_image(build: Callable[..., str]) -> str:
    return build("serve")


@pytest.fixture(scope="session")
def train_image(build: Callable[..., str]) -> str:
    return build("train")


@contextmanager
def _started(image: str, *options: str, command: tuple[str, ...] = ()) -> Iterator[Container]:
    """A container of `image`, hardened, with the port 8000 published; removed with its volumes at the end."""
    container = Container(
        run_docker("create", *HARDENED, "--publish=127.0.0.1::8000", *options, image, *command).stdout.strip()
    )
    try:
        run_docker("start", container.id)
        yield container
    finally:
        run_docker("rm", "--force", "--volumes", container.id)


@pytest.fixture(scope="session")
def started() -> Start:
    return _started


@contextmanager
def _ready(image: str, *options: str) -> Iterator[Container]:
    """As `started`, when it has become healthy."""
    with _started(image, "--health-interval=1s", *options) as container:
        first = next(container.healths(), "never")
        assert first == "healthy", f"{first}: {container.log()}"
        yield container


@pytest.fixture(scope="session")
def ready() -> Start:
    return _ready


@pytest.fixture(scope="module")
def serving(serve_image: str, ready: Start) -> Iterator[Container]:
    """A service that tests share; they must not change it."""
    with ready(serve_image) as container:
        yield container


@pytest.fixture
def volume() -> Iterator[str]:
    """The name of a new volume, which belongs to root."""
    name = f"seq2seq-translator-test-{uuid.uuid4().hex[:8]}"
    run_docker("volume", "create", name)
    yield name
    run_docker("volume", "rm", "--force", name)


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a small corpus, `pairs.tsv`, that anybody may read."""
    directory = tmp_path_factory.mktemp("corpus")
    for path in (directory, *directory.parents[:2]):
        path.chmod(0o755)
    one = ("red", "blue", "small", "old", "green", "big")
    two = ("house", "cat", "dog", "tree", "bird", "car")
    lines = [f"{a} {b} {c}\t{c} {b} {a}\n" for a in one for b in one for c in two]
    (directory / "pairs.tsv").write_text("".join(lines), encoding="utf-8")
    return directory


TRAIN = """
nmt train --train corpus/pairs.tsv --source en --target xx --output models/en-xx
--set data.vocabulary_size=290 --set training.max_updates=10 --set training.evaluate_every=5
--set model.embedding_size=16 --set model.encoder_hidden=16 --set model.decoder_hidden=32
"""


@pytest.fixture(scope="session")
def train_command() -> tuple[str, ...]:
    """A training of seconds."""
    return tuple(TRAIN.split())


def _translate(url: str, text: str = "Good morning!", **more: object) -> httpx.Response:
    body = {"q": text, "source": "en", "target": "de", **more}
    return httpx.post(f"{url}/translate", json=body, timeout=120, trust_env=False)


@pytest.fixture(scope="session")
def translate() -> Callable[..., httpx.Response]:
    """Asks for a translation from English to German."""
    return _translate


@pytest.fixture(scope="session")
def eventually() -> Callable[..., Any]:
    return _eventually


@contextmanager
def _project(settings: dict[str, str], *options: str) -> Iterator[Project]:
    """Compose, as in `project("up", "-d")`; whatever it made is gone afterwards."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    command = ("docker", "compose") if plugin.returncode == 0 else ("docker-compose",)
    name = f"nmt-test-{uuid.uuid4().hex[:8]}"
    project = Project((*command, *options, "--project-name", name), {**ENVIRONMENT, **settings})
    try:
        yield project
    finally:
        project("--profile", "train", "down", "--volumes", "--remove-orphans")


@pytest.fixture(scope="session")
def new_project() -> Callable[..., AbstractContextManager[Project]]:
    return _project


@pytest.fixture
def compose(serve_image: str, train_image: str, pairs: Path) -> Iterator[Project]:
    """A project of docker-compose.yml."""
    settings = {
        "SERVE_IMAGE": serve_image,
        "TRAIN_IMAGE": train_image,
        "SERVE_CPUS": "1",
        "TRAIN_CPUS": "1",
        "CORPUS_DIR": str(pairs),
        "NMT_PORT": str(free_port()),
        "HTTP_PORT": str(free_port()),
        "HTTPS_PORT": str(free_port()),
        "NMT_RELOAD_SECONDS": "0.5",
        "NMT_SUGGESTIONS": "true",
    }
    with _project(settings) as project:
        yield project


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]
