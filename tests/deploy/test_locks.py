"""What the images install: all that pyproject.toml asks for, in the version it asks for, with hashes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_PYTHON = {"python_version": "3.11", "platform_system": "Linux"}
_ENTRY = re.compile(r"^([\w.-]+)==(\S+)((?: \\\n +--hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def locked(*names: str) -> dict[str, str]:
    """Versions by name; every line that names a version has to have hashes."""
    text = "".join((ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8") for name in names)
    entries = _ENTRY.findall(text)
    assert len(entries) == text.count("==")
    return {canonicalize_name(name): version for name, version, _ in entries}


@pytest.mark.parametrize(
    ("requirements", "locks"),
    [
        (PROJECT["dependencies"], ("serve",)),
        ([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["captions"]], ("captions",)),
        ([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["cluster"]], ("cluster",)),
        ([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["train"]], ("train", "torch")),
        (PROJECT["optional-dependencies"]["captions"], ("train",)),
    ],
    ids=["serve", "captions", "cluster", "train", "train-captions"],
)
def test_the_locks_fit_what_the_project_requires(requirements: list[str], locks: tuple[str, ...]) -> None:
    versions = locked(*locks)
    wanted = [each for each in map(Requirement, requirements) if each.marker is None or each.marker.evaluate(_PYTHON)]
    assert wanted
    for requirement in wanted:
        version = versions.get(canonicalize_name(requirement.name), "none: make lock")
        assert requirement.specifier.contains(version), f"{requirement} is locked to {version}: make lock"


def test_training_has_the_versions_of_serving() -> None:
    assert locked("serve").items() <= locked("train").items()
    assert locked("captions").items() <= locked("train").items()


def test_a_cluster_has_the_versions_of_serving() -> None:
    assert locked("serve").items() <= locked("cluster").items()


def test_captions_need_nothing_but_what_reads_pictures_and_runs_their_graphs() -> None:
    added = {"pillow", "onnxruntime", "flatbuffers", "protobuf"}
    assert locked("captions").keys() - locked("serve").keys() == added


def test_serving_has_no_torch_and_no_onnx_runtime() -> None:
    assert not {"torch", "onnxruntime"} & locked("serve").keys()
