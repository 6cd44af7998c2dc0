"""What a container does first: shipped models where there are none, and a command for volumes it cannot write."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def entrypoint() -> ModuleType:
    path = Path(__file__).parents[2] / "docker" / "entrypoint.py"
    spec = importlib.util.spec_from_file_location("entrypoint", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    for name in ("de-en", "en-de"):
        (tmp_path / "shipped" / name).mkdir(parents=True)
        (tmp_path / "shipped" / name / "manifest.json").write_text(name)
    (tmp_path / "models").mkdir()
    return tmp_path / "shipped"


def found(directory: Path) -> dict[str, str]:
    return {path.name: (path / "manifest.json").read_text() for path in directory.iterdir()}


def test_an_empty_volume_gets_the_shipped_models(entrypoint: ModuleType, shipped: Path, tmp_path: Path) -> None:
    assert entrypoint.seed(tmp_path / "models", shipped) == ["de-en", "en-de"]
    assert found(tmp_path / "models") == {"de-en": "de-en", "en-de": "en-de"}


def test_a_volume_with_a_model_stays_as_it_is(entrypoint: ModuleType, shipped: Path, tmp_path: Path) -> None:
    (tmp_path / "models" / "en-de").mkdir()
    (tmp_path / "models" / "en-de" / "manifest.json").write_text("of the user")
    assert entrypoint.seed(tmp_path / "models", shipped) == []
    assert found(tmp_path / "models") == {"en-de": "of the user"}


@pytest.mark.parametrize("name", [".shipped-cut-short", "lost+found"])
def test_what_is_no_model_does_not_keep_the_shipped_ones_out(
    entrypoint: ModuleType, shipped: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "models" / name).mkdir()
    assert entrypoint.seed(tmp_path / "models", shipped) == ["de-en", "en-de"]


def test_a_container_that_was_quicker_is_no_error(
    entrypoint: ModuleType, shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def rename_after_another(self: Path, target: Path) -> Path:
        if target.name == "de-en":
            target.mkdir()
            (target / "manifest.json").write_text("of the other")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", rename_after_another)
    assert entrypoint.seed(tmp_path / "models", shipped) == ["en-de"]
    assert found(tmp_path / "models") == {"de-en": "of the other", "en-de": "en-de"}


def test_the_complaint_has_owner_user_and_command(entrypoint: ModuleType, tmp_path: Path) -> None:
    text = entrypoint.complaint(tmp_path)
    user = f"{os.getuid()}:{os.getgid()}"
    assert f"{tmp_path} belongs to {user}, and this container runs as {user}" in text
    assert f"chown -R {user} DIRECTORY" in text
