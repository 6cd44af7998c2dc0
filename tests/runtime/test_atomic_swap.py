"""Two directories change places, or both stay where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from nmt.errors import ConfigError
from nmt.runtime.atomic_swap import swap_directories


def test_two_directories_change_places_with_all_that_is_in_them(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for directory in (one, other):
        directory.mkdir()
        (directory / f"of-{directory.name}").touch()
    swap_directories(one, other)
    assert [path.name for path in one.iterdir()] == ["of-other"]
    assert [path.name for path in other.iterdir()] == ["of-one"]


def test_what_cannot_be_exchanged_is_named_and_stays(tmp_path: Path) -> None:
    one = tmp_path / "one"
    one.mkdir()
    with pytest.raises(ConfigError, match=r"one and .*none cannot be exchanged in one step \(No such file"):
        swap_directories(one, tmp_path / "none")
    assert one.is_dir()
