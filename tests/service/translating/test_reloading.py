"""Packages that come, change and go while the service runs."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from servers import running_server

from nmt.training.export.package import Provenance, Trained, export_package, model_files
from service.settings import Settings


@pytest.fixture
def models(package: Path, tmp_path: Path) -> Path:
    shutil.copytree(package, tmp_path / "en-xx")
    return tmp_path


def export(trained: Trained, directory: Path, target: str, created: str) -> None:
    provenance = Provenance(directory.name, "en", target, created, "nmt train", "")
    export_package(directory, model_files(trained), provenance)


def until(client: httpx.Client, condition: Callable[[dict[str, str]], bool]) -> dict[str, str]:
    """The models that are ready, as soon as they meet `condition`."""
    end = time.monotonic() + 20.0
    while time.monotonic() < end:
        answer = client.get("/ready").json()
        if condition(answer.get("models", {})):
            return dict(answer.get("models", {}))
    raise AssertionError(f"still {answer}")


def test_packages_come_change_and_go(models: Path, trained: Trained) -> None:
    with running_server(Settings(models_dir=models, threads=1, reload_seconds=0.05)) as client:
        first = client.get("/ready").json()["models"]
        export(trained, models / "en-yy", "yy", "2026-01-01")
        assert until(client, lambda found: "en-yy" in found)["en-xx"] == first["en-xx"]
        body = {"q": "red cat", "source": "en", "target": "yy"}
        assert client.post("/translate", json=body).status_code == 200
        shutil.rmtree(models / "en-yy")
        until(client, lambda found: "en-yy" not in found)
        assert client.post("/translate", json=body).status_code == 400


def test_requests_go_on_while_a_package_is_replaced(models: Path, trained: Trained) -> None:
    body = {"q": "small old house and red cat\n" * 40, "source": "en", "target": "xx"}
    with running_server(Settings(models_dir=models, threads=1, reload_seconds=0.05)) as client:
        before = client.get("/ready").json()["models"]["en-xx"]
        expected = client.post("/translate", json=body).json()
        with ThreadPoolExecutor(4) as clients:
            answers = [clients.submit(client.post, "/translate", json=body) for _ in range(12)]
            export(trained, models / "en-xx", "xx", "2026-02-02")
            answers += [clients.submit(client.post, "/translate", json=body) for _ in range(12)]
            assert [answer.result().json() for answer in answers] == [expected] * 24  # the same weights
        # Its version is of the files' hashes: another creation date is another card.
        assert until(client, lambda found: found.get("en-xx", before) != before)


def test_a_package_whose_files_arrive_one_by_one_is_served_in_the_end(
    models: Path,
    trained: Trained,
    tmp_path_factory: pytest.TempPathFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    whole = tmp_path_factory.mktemp("elsewhere") / "en-yy"
    export(trained, whole, "yy", "2026-01-01")
    with running_server(Settings(models_dir=models, threads=1, reload_seconds=0.05)) as client:
        (models / "en-yy").mkdir()
        shutil.copy(whole / "manifest.json", models / "en-yy")
        end = time.monotonic() + 20.0
        while "package refused" not in caplog.messages and time.monotonic() < end:
            assert "en-yy" not in client.get("/ready").json()["models"]
        for file in whole.iterdir():
            shutil.copy(file, models / "en-yy")
        until(client, lambda found: "en-yy" in found)


@pytest.mark.parametrize("fault", ["hash", "pair"])
def test_a_package_that_fails_is_refused_and_the_one_before_goes_on(
    models: Path,
    tmp_path_factory: pytest.TempPathFactory,
    caplog: pytest.LogCaptureFixture,
    fault: str,
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")  # what half a file is refused for is not what is looked at here
    with running_server(Settings(models_dir=models, threads=1, reload_seconds=0.05)) as client:
        before = client.get("/ready").json()
        if fault == "pair":
            shutil.copytree(models / "en-xx", elsewhere / "again")
            (elsewhere / "again").rename(models / "again")
        else:
            (models / "en-xx" / "step.onnx").write_bytes(b"damaged")
            manifest = json.loads((models / "en-xx" / "manifest.json").read_text())
            (elsewhere / "manifest.json").write_text(json.dumps({**manifest, "created": "2026-03-03"}))
            (elsewhere / "manifest.json").rename(models / "en-xx" / "manifest.json")
        end = time.monotonic() + 20.0
        while "package refused" not in caplog.messages and time.monotonic() < end:
            assert client.get("/ready").json() == before
        refused = next(record for record in caplog.records if record.message == "package refused")
        assert ("SHA-256" if fault == "hash" else "keep one of them") in vars(refused)["reason"]
        assert client.get("/ready").json() == before
