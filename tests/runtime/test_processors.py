"""A container's limit counts, in control groups of version 1 and of version 2, from inside and from outside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nmt.runtime import available_cpus


@pytest.fixture(autouse=True)
def _eight_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


def machine(root: Path, groups: str, **files: str) -> Path:
    """A root with `groups` as /proc/self/cgroup; `files` are contents by path under /sys/fs/cgroup."""
    for path, content in {
        "proc/self/cgroup": groups,
        **{f"sys/fs/cgroup/{path}": text for path, text in files.items()},
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content + "\n")
    return root


def classic(group: str, quota: int) -> dict[str, str]:
    return {f"{group}/cpu.cfs_quota_us": str(quota), f"{group}/cpu.cfs_period_us": "100000"}


@pytest.mark.parametrize(
    ("limit", "processors"),
    [("max 100000", 8), ("100000 100000", 1), ("250000 100000", 2), ("50000 100000", 1), ("1600000 100000", 8)],
)
def test_a_container_of_version_2_sees_its_group_as_the_topmost(tmp_path: Path, limit: str, processors: int) -> None:
    assert available_cpus(machine(tmp_path, "0::/", **{"cpu.max": limit})) == processors


@pytest.mark.parametrize(("quota", "processors"), [(-1, 8), (100_000, 1), (399_999, 3), (20_000, 1), (1_600_000, 8)])
@pytest.mark.parametrize("tree", ["cpu", "cpu,cpuacct"])
def test_a_container_of_version_1_has_the_hosts_path_but_sees_its_group_as_the_topmost(
    tmp_path: Path, tree: str, quota: int, processors: int
) -> None:
    groups = f"9:memory:/docker/1a45\n4:{tree}:/docker/1a45\n0::/docker/1a45"
    assert available_cpus(machine(tmp_path, groups, **classic(tree, quota))) == processors


def test_the_tightest_limit_around_a_process_counts(tmp_path: Path) -> None:
    limits = {"a.slice/b.service/cpu.max": "600000 100000", "a.slice/cpu.max": "300000 100000"}
    assert available_cpus(machine(tmp_path, "0::/a.slice/b.service", **limits)) == 3


def test_the_limit_of_a_process_outside_containers_counts_in_version_1(tmp_path: Path) -> None:
    limits = {**classic("cpu/a.slice", 200_000), **classic("cpu", -1)}
    assert available_cpus(machine(tmp_path, "4:cpu,cpuacct:/a.slice\n3:cpuset:/", **limits)) == 2


def test_a_limit_of_something_else_does_not_count(tmp_path: Path) -> None:
    groups = "2:cpuacct:/\n1:cpuset:/"
    assert available_cpus(machine(tmp_path, groups, **classic("cpuacct", 100_000), **classic("cpuset", 100_000))) == 8


def test_without_control_groups_the_affinity_counts(tmp_path: Path) -> None:
    assert available_cpus(tmp_path) == 8
