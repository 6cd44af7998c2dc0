"""The wheel has all that serving needs: it runs from an empty directory, with the page in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from servers import server_process

from service.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory into which the wheel was installed, without what it depends on."""
    source, wheels, target = (tmp_path_factory.mktemp(name) for name in ("source", "wheels", "target"))
    # Of a copy: building leaves directories beside pyproject.toml.
    for name in ("nmt", "service", "tokenizer"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", wheels, source], check=True)
    subprocess.run([*pip, "install", "--no-deps", "--target", target, *wheels.glob("*.whl")], check=True)
    return target


def test_every_module_and_page_is_in_the_wheel(installed: Path) -> None:
    for room in ("nmt", "service", "tokenizer"):
        files = {
            path.relative_to(ROOT)
            for path in (ROOT / room).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert {path for path in files if not (installed / path).is_file()} == set()


def test_the_installed_wheel_serves_the_page_and_translates(
    installed: Path,
    package: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(installed))
    with server_process(Settings(models_dir=package.parent, state_dir=tmp_path)) as server:
        assert server.client.get("/").text == (ROOT / "service/web/index.html").read_text(encoding="utf-8")
        answer = server.client.post("/translate", json={"q": "red cat", "source": "en", "target": "xx"})
        assert answer.status_code == 200
