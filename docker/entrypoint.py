"""What a container does before its command: fills an empty models volume, and sees to it that volumes can be written.

entrypoint.py VOLUME... -- COMMAND...

Lines of JSON on standard output, like the service's. It ends with status 1 where the command could not have worked.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

_MODELS = Path("/models")
_SHIPPED = Path("/usr/share/nmt/models")


def main() -> None:
    """Prepare the volumes, then become the command."""
    end = sys.argv.index("--")
    volumes, command = [Path(volume) for volume in sys.argv[1:end]], sys.argv[end + 1 :]
    if complaints := [complaint(volume) for volume in volumes if not is_writable(volume)]:
        for each in complaints:
            log("ERROR", each)
        raise SystemExit(1)
    try:
        for name in seed(_MODELS, _SHIPPED):
            log("INFO", f"{_MODELS} was empty: {name}, which ships with this image, is there now")
    except PermissionError:
        log("ERROR", complaint(_MODELS))
        raise SystemExit(1) from None
    os.execvp(command[0], command)


def is_writable(directory: Path) -> bool:
    """Whether a file can be made in `directory`; tried, since permissions do not tell all."""
    try:
        with tempfile.TemporaryFile(dir=directory):
            return True
    except OSError:
        return False


def complaint(directory: Path) -> str:
    """What is wrong with a `directory` that cannot be written, and the command that mends it."""
    user, owner = f"{os.getuid()}:{os.getgid()}", directory.stat()
    return (
        f"{directory} belongs to {owner.st_uid}:{owner.st_gid}, and this container runs as {user}, which cannot write "
        f"there. For a directory of the host: sudo chown -R {user} DIRECTORY. For a volume: docker run --rm --user 0 "
        f"--entrypoint chown --volume VOLUME:{directory} IMAGE -R {user} {directory}"
    )


def seed(directory: Path, shipped: Path) -> list[str]:
    """Copy every package of `shipped` to `directory` if there is none; gives the names of those copied.

    A package is there whole or not at all: the service may be looking, and other containers may do the same. Hidden
    directories are what a copy that was cut short left behind. Raises PermissionError.
    """
    if {path.name for path in directory.iterdir() if not path.name.startswith(".")} - {"lost+found"}:
        return []
    copied = []
    with tempfile.TemporaryDirectory(prefix=".shipped-", dir=directory) as parent:
        fresh = Path(shutil.copytree(shipped, Path(parent) / "models"))
        for package in sorted(fresh.iterdir()):
            with suppress(OSError):  # another container was quicker
                package.rename(directory / package.name)
                copied.append(package.name)
    return copied


def log(level: str, message: str) -> None:
    """A line as the service writes them."""
    now = datetime.now(UTC).isoformat()
    print(json.dumps({"level": level, "logger": "container", "message": message, "time": now}), flush=True)


if __name__ == "__main__":
    main()
