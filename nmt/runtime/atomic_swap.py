"""Two directories change places in one step: nobody who looks, and no kill, finds either of them missing."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from nmt.errors import ConfigError

_RELATIVE_TO_HERE = -100
"""AT_FDCWD of Linux."""
_SWAP = 2
"""RENAME_EXCHANGE of Linux' renameat2, and RENAME_SWAP of macOS' renamex_np."""


def exchange(one: Path, other: Path) -> None:
    """Let `one` and `other`, of one file system, change places. Raises ConfigError where that is no single step."""
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
