"""How many processors this process may use: its affinity, and the limit of its control groups (a container's)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_UNLIMITED = "max"


def available_cpus(root: Path = Path("/")) -> int:
    """Whole processors that this process may use, at least one; `root` is where /proc and /sys are.

    Of a limit such as 2.5 processors the half is left to whatever else the process does: a third decoding thread
    would be stopped for half of the time, and its sentences with it.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *(int(limit) for limit in _limits(root))]))


def _limits(root: Path) -> Iterator[float]:
    """Processors that each control group above this process may use at a time, of those that have a limit."""
    for group in _groups(root):
        limit = _unified_limit(group) or _classic_limit(group)
        if limit:
            yield limit


def _groups(root: Path) -> Iterator[Path]:
    """Directories of the control groups of this process and those around them, where they can be seen.

    In a container its own group is mounted as if it were the topmost, while its path may be the host's: then the
    topmost directory is the one that counts.
    """
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        # Version 2 has one tree and names no controllers; version 1 has a tree for cpu, alone or with others.
        for tree in {controllers, "cpu"} if controllers else {""}:
            top = root / "sys/fs/cgroup" / tree
            own = top / path.strip("/")
            yield from (group for group in (own, *own.parents) if group.is_relative_to(top))


def _unified_limit(group: Path) -> float | None:
    """The limit of a group of version 2; None if it has none."""
    words = " ".join(_lines(group / "cpu.max")).split()
    return int(words[0]) / int(words[1]) if words and words[0] != _UNLIMITED else None


def _classic_limit(group: Path) -> float | None:
    """The limit of a group of version 1; None if it has none."""
    quota, period = (" ".join(_lines(group / f"cpu.cfs_{name}_us")) for name in ("quota", "period"))
    return int(quota) / int(period) if quota and period and int(quota) > 0 else None


def _lines(path: Path) -> list[str]:
    """Of a file that may not be there, or may not be read."""
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
