"""A lock on a run directory, because two processes would overwrite each other's files there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nmt.errors import RunBusy

LOCK = "lock"
"""Name of the lock file in a run directory."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is done in a locked directory, for the message to those who come later."""

    doing: str
    elsewhere: str
    """How to do the same in another directory."""


_TRAINING = Work("training", "train into another --run-dir")


@contextmanager
def run_lock(run: Path, work: Work = _TRAINING) -> Iterator[None]:
    """Lock `run` against other processes, and create it if needed. Raises RunBusy.

    The lock is released when the process ends, however it ends. A directory with nothing but the lock is removed.
    """
    run.mkdir(parents=True, exist_ok=True)
    path = run / LOCK
    with path.open("a+") as lock:
        if not _taken(lock.fileno()):
            lock.seek(0)
            raise RunBusy(
                f"{run}: process {lock.read().strip() or 'unknown'} is {work.doing} there; wait for it, stop it, "
                f"or {work.elsewhere}"
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
        return True  # Windows has no flock
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
