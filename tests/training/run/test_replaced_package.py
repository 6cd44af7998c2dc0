"""A report compares with what stood in the place of its package, and not with that package itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nmt.runtime import ModelPackage
from nmt.runtime.manifest import WEIGHTS
from nmt.training.run.replaced_package import keep_replaced_package

MakePackage = Callable[..., Path]


def version(path: Path) -> str:
    return ModelPackage.open(path).manifest.version


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


def test_it_stays_the_one_from_before_however_often_a_training_is_said(
    make_package: MakePackage, tmp_path: Path, run: Path
) -> None:
    output, mine = tmp_path / "models" / "en-xx", make_package(tmp_path / "mine" / "en-xx", day=2, scale=-1.0)
    make_package(output, day=1)
    before, weights = version(output), (mine / WEIGHTS).read_bytes()
    for _ in range(3):
        assert version(keep_replaced_package(output, run, weights)) == before
        shutil.rmtree(output)
        shutil.copytree(mine, output)


def test_where_nothing_stood_there_is_nothing_to_compare_with(
    make_package: MakePackage, tmp_path: Path, run: Path
) -> None:
    output = tmp_path / "models" / "en-xx"
    assert list(keep_replaced_package(output, run, b"").iterdir()) == []
    make_package(output)
    assert list(keep_replaced_package(output, run, (output / WEIGHTS).read_bytes()).iterdir()) == []


def test_a_training_that_is_prolonged_is_compared_with_its_shorter_self(
    make_package: MakePackage, tmp_path: Path, run: Path
) -> None:
    output = tmp_path / "models" / "en-xx"
    keep_replaced_package(output, run, b"")
    make_package(output)
    assert version(keep_replaced_package(output, run, b"other weights")) == version(output)


def test_a_damaged_package_is_looked_at_where_it_is(make_package: MakePackage, tmp_path: Path, run: Path) -> None:
    output = make_package(tmp_path / "models" / "en-xx")
    (output / "step.onnx").write_bytes(b"damaged")
    assert keep_replaced_package(output, run, b"") == output
