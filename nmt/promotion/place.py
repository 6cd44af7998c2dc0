"""The directory that a package is served from, and its earlier versions.

Next to `models/en-de` is `models/.previous/en-de`, which the service ignores:

    0001-VERSION, 0002-VERSION  packages served before, the highest number last
    withdrawn                   the package that the last rollback removed
    .incoming-VERSION           a copy in progress

Every change of the served package is one exchange of two directories. It leaves the old package under the name of the
one that replaced it. A directory whose name does not match its content therefore shows what a killed process was
doing, and the next process finishes it.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from nmt.errors import ConfigError, PackageError
from nmt.runtime import ModelPackage, copy_package
from nmt.runtime.atomic_swap import swap_directories

KEPT = 3
"""Number of earlier versions to keep."""
_STORE = ".previous"
_INCOMING, _GONE = ".incoming-", ".gone-"
_WITHDRAWN = "withdrawn"
_EARLIER = re.compile(r"(\d{4,})-([0-9a-f]+)")


class Place:
    """The directory `path` of a served package."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._store = self.path.parent / _STORE / self.path.name

    def install(self, candidate: ModelPackage) -> None:
        """Install a copy of `candidate`. The replaced version is kept; the oldest of more than `KEPT` is removed."""
        self._store.mkdir(parents=True, exist_ok=True)
        self._finish()
        incoming = self._store / f"{_INCOMING}{candidate.manifest.version}"
        copy_package(candidate, incoming)
        if self.path.exists():
            swap_directories(incoming, self.path)
            self._keep(incoming)
        else:
            incoming.rename(self.path)

    def roll_back(self) -> ModelPackage:
        """Restore the previous version and return it. The replaced version is kept as `withdrawn`.

        Raises ConfigError if there is no earlier version, and PackageCorrupt if it is damaged.
        """
        if self._store.exists():
            self._finish()
        earlier = self._earlier()
        if not earlier:
            raise ConfigError(
                f"{self.path}: no earlier version is kept in {self._store}, so there is none to go back to"
            )
        last = earlier[-1]
        ModelPackage.open(last)
        if self.path.exists():
            swap_directories(last, self.path)
            self._withdraw(last)
        else:
            last.rename(self.path)
        return ModelPackage.open(self.path)

    def _finish(self) -> None:
        """Finish what a killed process began."""
        for path in sorted(self._store.iterdir()):
            found, earlier = _version(path), _EARLIER.fullmatch(path.name)
            if path.name.startswith(_GONE):
                shutil.rmtree(path)
            elif path.name.startswith(_INCOMING):
                if found in {None, path.name.removeprefix(_INCOMING)}:
                    self._discard(path)  # it was never installed
                else:
                    self._keep(path)
            elif earlier and found not in {None, earlier[2]}:
                self._withdraw(path)

    def _keep(self, replaced: Path) -> None:
        """Keep `replaced` as the latest of the earlier versions."""
        earlier = self._earlier()
        number = int(earlier[-1].name.split("-")[0]) + 1 if earlier else 1
        replaced.rename(self._store / f"{number:04d}-{_version(replaced) or '0'}")
        for old in self._earlier()[:-KEPT]:
            self._discard(old)

    def _withdraw(self, path: Path) -> None:
        if (self._store / _WITHDRAWN).exists():
            self._discard(self._store / _WITHDRAWN)
        path.rename(self._store / _WITHDRAWN)

    def _discard(self, path: Path) -> None:
        """Rename and then remove `path`, so that a partial package is not mistaken for a whole one."""
        gone = path.with_name(f"{_GONE}{path.name}")
        path.rename(gone)
        shutil.rmtree(gone)

    def _earlier(self) -> list[Path]:
        kept = self._store.iterdir() if self._store.exists() else ()
        paths = [path for path in kept if _EARLIER.fullmatch(path.name)]
        return sorted(paths, key=lambda path: int(path.name.split("-")[0]))


def _version(path: Path) -> str | None:
    """Return the version of the package at `path`, or None if the package is incomplete."""
    try:
        return ModelPackage.open(path).manifest.version
    except PackageError:
        return None
