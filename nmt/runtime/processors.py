"""Number of processors available to this process, from its affinity and its control groups (container limits)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_UNLIMITED = "max"


def available_cpus(root: Path = Path("/")) -> int:
    """Return the number of whole processors this process may use, at least one. `root` contains /proc and /sys.

    A limit is rounded down. Of 2.5 processors, the half is left for the process's other work. A third decoding thread
    would be stopped half of the time, and its sentences with it.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([allowed, *(int(limit) for limit in _limits(root))]))


def _limits(root: Path) -> Iterator[float]:
    """Yield the processor limit of each control group of this process that has one."""
    for group in _groups(root):
        limit = _unified_limit(group) or _classic_limit(group)
        if limit:
            yield limit


def _groups(root: Path) -> Iterator[Path]:
    """Yield the visible directories of this process's control groups and their ancestors.

    A container's own group is mounted as the topmost, while its path may be the host's. In that case the topmost
    directory applies.
    """
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        # Version 2 has one tree and names no controllers. Version 1 has a tree for cpu, alone or with others.
        for tree in {controllers, "cpu"} if controllers else {""}:
            top = root / "sys/fs/cgroup" / tree
            own = top / path.strip("/")
            yield from (group for group in (own, *own.parents) if group.is_relative_to(top))


def _unified_limit(group: Path) -> float | None:
    """Return the limit of a version 2 group, or None if it has none."""
    words = " ".join(_lines(group / "cpu.max")).split()
    return int(words[0]) / int(words[1]) if words and words[0] != _UNLIMITED else None


def _classic_limit(group: Path) -> float | None:
    """Return the limit of a version 1 group, or None if it has none."""
    quota, period = (" ".join(_lines(group / f"cpu.cfs_{name}_us")) for name in ("quota", "period"))
    return int(quota) / int(period) if quota and period and int(quota) > 0 else None


def _lines(path: Path) -> list[str]:
    """Return the lines of a file that may be missing or unreadable."""
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
