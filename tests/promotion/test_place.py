"""What is served changes in one step, can be taken back, and is whole whenever the process is killed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nmt.errors import ConfigError
from nmt.promotion import Place
from nmt.promotion.place import KEPT
from nmt.runtime import ModelPackage, packages_in

MakePackage = Callable[..., Path]


@pytest.fixture
def candidates(make_package: MakePackage, tmp_path: Path) -> list[ModelPackage]:
    """Five versions, in a directory that is not served."""
    return [ModelPackage.open(make_package(tmp_path / "tuned" / f"en-xx-{day}", day)) for day in range(1, 6)]


def version(place: Path) -> str:
    return ModelPackage.open(place).manifest.version


def test_a_rollback_goes_one_version_back_each_time_until_there_is_none(
    candidates: list[ModelPackage], tmp_path: Path
) -> None:
    place = tmp_path / "models" / "en-xx"
    for candidate in candidates:
        Place(place).install(candidate)
        assert version(place) == candidate.manifest.version
    for earlier in candidates[-2 : -2 - KEPT : -1]:
        assert Place(place).roll_back().manifest.version == earlier.manifest.version
        assert version(place) == earlier.manifest.version
    with pytest.raises(ConfigError, match="no earlier version is kept"):
        Place(place).roll_back()
    assert version(place) == candidates[1].manifest.version
    assert list(packages_in(place.parent)) == [place]


def test_what_a_rollback_took_out_can_be_put_in_place_again(candidates: list[ModelPackage], tmp_path: Path) -> None:
    place = tmp_path / "models" / "en-xx"
    for candidate in candidates[:2]:
        Place(place).install(candidate)
    Place(place).roll_back()
    withdrawn = ModelPackage.open(place.parent / ".previous" / "en-xx" / "withdrawn")
    assert withdrawn.manifest.version == candidates[1].manifest.version
    Place(place).install(withdrawn)
    assert version(place) == candidates[1].manifest.version
    assert Place(place).roll_back().manifest.version == candidates[0].manifest.version


def test_a_damaged_package_can_be_rolled_back(candidates: list[ModelPackage], tmp_path: Path) -> None:
    place = tmp_path / "models" / "en-xx"
    for candidate in candidates[:2]:
        Place(place).install(candidate)
    (place / "step.onnx").write_bytes(b"damaged")
    Place(place).roll_back()
    assert version(place) == candidates[0].manifest.version


def test_a_rollback_of_what_is_not_there_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no earlier version is kept"):
        Place(tmp_path / "models" / "en-xx").roll_back()
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_was_removed_comes_back(candidates: list[ModelPackage], tmp_path: Path) -> None:
    place = tmp_path / "models" / "en-xx"
    for candidate in candidates[:2]:
        Place(place).install(candidate)
    shutil.rmtree(place)
    Place(place).roll_back()
    assert version(place) == candidates[0].manifest.version


_KILLED_AT_EACH_STEP = """
import os, shutil, signal, sys
from pathlib import Path
from nmt.promotion import Place
from nmt.runtime import ModelPackage

work, fifth = map(Path, sys.argv[1:])
STEPS = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree", "ctypes.dlsym", "open"}

def versions(place):
    store = place.parent / ".previous" / place.name
    found = {path.name: ModelPackage.open(path).manifest.version for path in sorted(store.glob("[0-9w]*"))}
    return ModelPackage.open(place).manifest.version, [found[name] for name in sorted(found) if name != "withdrawn"]

def killed_at(step, action):
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    left = step
    def count(event, arguments):
        nonlocal left
        if event in STEPS:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)
    action()
    os._exit(0)

def try_every_step(action, check):
    for step in range(1000):
        shutil.rmtree(work / "now", ignore_errors=True)
        shutil.copytree(work / "before", work / "now")
        place = work / "now" / "en-xx"
        killed = killed_at(step, lambda: action(Place(place)))
        check(place)
        if not killed:
            print(step)
            return

before = versions(work / "before" / "en-xx")
one, two, three, four = *before[1], before[0]
five = ModelPackage.open(fifth).manifest.version

def after_install(place):
    now = ModelPackage.open(place).manifest.version
    assert now in {four, five}, now
    assert Place(place).roll_back().manifest.version == (three if now == four else four)

def after_rollback(place):
    now = ModelPackage.open(place).manifest.version
    assert now in {four, three}, now
    Place(place).install(ModelPackage.open(fifth))
    assert versions(place) == (five, [two, three, four] if now == four else [one, two, three])

try_every_step(lambda place: place.install(ModelPackage.open(fifth)), after_install)
try_every_step(lambda place: place.roll_back(), after_rollback)
"""


def test_a_kill_at_any_step_leaves_a_whole_package_and_a_way_back(
    candidates: list[ModelPackage], tmp_path: Path
) -> None:
    place = tmp_path / "before" / "en-xx"
    for candidate in candidates[:4]:
        Place(place).install(candidate)
    arguments = [tmp_path, candidates[4].path]
    done = subprocess.run(
        [sys.executable, "-c", _KILLED_AT_EACH_STEP, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    installing, rolling_back = map(int, done.stdout.split())
    assert installing > 20
    assert rolling_back > 5
