"""Atomic exchange of two directories. Neither is ever missing, for a concurrent reader or after a kill."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from nmt.errors import ConfigError

_RELATIVE_TO_HERE = -100
"""AT_FDCWD on Linux."""
_SWAP = 2
"""RENAME_EXCHANGE of renameat2 on Linux, and RENAME_SWAP of renamex_np on macOS."""


def swap_directories(one: Path, other: Path) -> None:
    """Atomically exchange `one` and `other`, which are on one file system. Raises ConfigError where that is not
    supported."""
    system = ctypes.CDLL(None, use_errno=True)
    paths = os.fsencode(one), os.fsencode(other)
    if hasattr(system, "renameat2"):
        failed = system.renameat2(_RELATIVE_TO_HERE, paths[0], _RELATIVE_TO_HERE, paths[1], _SWAP)
    elif hasattr(system, "renamex_np"):
        failed = system.renamex_np(*paths, _SWAP)
    else:
        raise ConfigError(f"{one}: this system cannot exchange two directories in one step: copy the package yourself")
    if failed:
        reason = os.strerror(ctypes.get_errno())
        raise ConfigError(
            f"{one} and {other} cannot be exchanged in one step ({reason}): put the models directory on a local file "
            f"system such as ext4, xfs, btrfs or tmpfs, or copy the package yourself"
        )
