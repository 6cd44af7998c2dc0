"""What is in the images, and what is not."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.docker

MOST_BYTES = 250_000_000
"""That the image to serve may add to its base, with the models that ship."""
FIRST_LAYER = "groupadd"
"""What the first layer after the base does."""
CONTENT = "find /opt/nmt /usr/lib/nmt /usr/share/nmt -type f -print0 | sort -z | xargs -0 sha256sum"
Docker = Callable[..., subprocess.CompletedProcess[str]]


def inside(docker: Docker, image: str, *command: str) -> str:
    return docker("run", "--rm", "--entrypoint", command[0], image, *command[1:]).stdout.strip()


def test_serving_adds_at_most_250_mb_to_its_base(docker: Docker, serve_image: str) -> None:
    history = docker("history", "--human=false", "--no-trunc", "--format", "{{.Size}} {{.CreatedBy}}", serve_image)
    layers = history.stdout.splitlines()
    ours = layers[: 1 + next(number for number, layer in enumerate(layers) if FIRST_LAYER in layer)]
    added = sum(int(layer.split()[0]) for layer in ours)
    print(f"{serve_image} adds {added / 1e6:.0f} MB to its base")
    assert added <= MOST_BYTES


@pytest.mark.parametrize("image", ["serve_image", "train_image"])
def test_it_runs_as_a_user_with_a_number(docker: Docker, request: pytest.FixtureRequest, image: str) -> None:
    name = request.getfixturevalue(image)
    assert docker("image", "inspect", "--format", "{{.Config.User}}", name).stdout.strip() == "10001:10001"
    assert inside(docker, name, "id", "-u") == "10001"


def test_serving_has_no_torch_no_pip_no_compiler_and_no_tests(docker: Docker, serve_image: str) -> None:
    left = "command -v cc gcc g++ make; find /opt /tmp -name '*.whl' -o -name pip -o -name test_architecture.py"
    assert inside(docker, serve_image, "sh", "-c", f"{left}; true") == ""
    modules = "torch", "onnx", "onnxruntime", "pip", "setuptools", "tests", "pytest"
    code = f"import json, importlib.util as u; print(json.dumps([m for m in {modules} if u.find_spec(m)]))"
    assert json.loads(inside(docker, serve_image, "python", "-c", code)) == []


def test_training_has_torch_for_processors_alone(docker: Docker, train_image: str) -> None:
    code = "import torch; print(torch.__version__, torch.version.cuda)"
    assert inside(docker, train_image, "python", "-c", code).endswith("+cpu None")


def test_built_again_it_has_the_same_content(docker: Docker, build: Callable[..., str], serve_image: str) -> None:
    again = build("serve", "again", "--no-cache")
    contents = [inside(docker, image, "sh", "-c", CONTENT).splitlines() for image in (serve_image, again)]
    assert len(contents[0]) > 1000
    assert set(contents[0]) ^ set(contents[1]) == set()
