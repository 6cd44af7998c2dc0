"""One training at a time in a run directory: two would overwrite each other's checkpoints."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nmt.errors import RunBusy

LOCK = "lock"
"""Name of the lock in a run directory."""


@contextmanager
def sole_training(run: Path) -> Iterator[None]:
    """Keep `run`, which is made if need be, from other trainings. Raises RunBusy.

    The lock goes with its process, however that ends. A directory in which nothing was written is taken away again.
    """
    run.mkdir(parents=True, exist_ok=True)
    path = run / LOCK
    with path.open("a+") as lock:
        if not _taken(lock.fileno()):
            lock.seek(0)
            raise RunBusy(
                f"{run}: process {lock.read().strip() or 'unknown'} is training there; wait for it, stop it, or train "
                f"into another --run-dir"
            )
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        try:
            yield
        finally:
            if list(run.iterdir()) == [path]:
                path.unlink()
                run.rmdir()


def _taken(lock: int) -> bool:
    if sys.platform == "win32":
        return True  # which has no such locks
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
