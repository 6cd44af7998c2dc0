"""The loaded packages of one kind in the models directory, reloaded when their files change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from nmt.errors import ConfigError
from nmt.runtime import PackageManifest, packages_in

Fingerprint = frozenset[tuple[str, int, int]]
"""Name, size in bytes and modification time in nanoseconds of each file of a package."""

_LOG = logging.getLogger("service.models")


class Model(Protocol):
    """A loaded package."""

    @property
    def manifest(self) -> PackageManifest:
        """What the package says of itself."""

    def close(self) -> None:
        """Finish the accepted work and end its threads."""


ModelT = TypeVar("ModelT", bound=Model)
KeyT = TypeVar("KeyT", bound=Hashable)


@dataclass(frozen=True, slots=True)
class PackageKind(Generic[KeyT, ModelT]):
    """How packages of a kind are loaded, tested and told apart."""

    name: str
    """As their manifests name it."""
    load: Callable[[Path], ModelT]
    """Raises PackageError."""
    test: Callable[[ModelT], object]
    """Uses the model once. Raises an error if it does not work."""
    key: Callable[[ModelT], KeyT]
    """What no other package in the directory may have."""
    does: Callable[[ModelT], str]
    """What the model does, for messages: `translate en to de`."""


@dataclass(frozen=True, slots=True)
class _Served(Generic[ModelT]):
    """A loaded package."""

    fingerprint: Fingerprint
    model: ModelT


class ServedPackages(Generic[KeyT, ModelT]):
    """The loaded packages of a kind. `refresh` loads what has changed in their directory."""

    def __init__(self, directory: Path, kind: PackageKind[KeyT, ModelT]) -> None:
        """Load and verify every package. Raises PackageError, or ConfigError if two have the same key."""
        self._directory = directory
        self._kind = kind
        self._served: dict[Path, _Served[ModelT]] = {}
        self._refused: dict[Path, Fingerprint] = {}  # fingerprints of packages that failed to load
        self._missing: set[Path] = set()  # at the last refresh
        self.by_key: dict[KeyT, ModelT] = {}
        """The models by key. Replaced as a whole when one changes."""
        try:
            for path in packages_in(directory, kind.name):
                fingerprint = _fingerprint(path)
                self._served[path] = _Served(fingerprint, kind.load(path))
                self.by_key = self._by_key(self._served)
        except Exception:
            self.close()
            raise

    def refresh(self) -> list[ModelT]:
        """Load new and changed packages and drop removed ones. Return the models that are no longer served.

        A package is served only after its hashes were checked and it has passed the test of its kind. If one fails, the
        error is logged and the previous package stays. Call this from one thread at a time.
        """
        found = {path: _fingerprint(path) for path in packages_in(self._directory, self._kind.name)}
        served = dict(self._served)
        for path, fingerprint in found.items():
            known = {self._refused.get(path), served[path].fingerprint if path in served else None}
            fresh = None if fingerprint in known else self._tried(path, fingerprint, served)
            if fresh:
                served[path] = fresh
        # A package that is being replaced is missing for a moment, so it is dropped only if missing twice in a row.
        for path in (self._missing & served.keys()) - found.keys():
            del served[path]
            _LOG.info("package removed", extra={"package": path.name})
        self._missing = served.keys() - found.keys()
        kept = [item.model for item in served.values()]
        retired = [item.model for item in self._served.values() if item.model not in kept]
        if served != self._served:
            self._served, self.by_key = served, self._by_key(served)
        return retired

    def _tried(
        self, path: Path, fingerprint: Fingerprint, served: dict[Path, _Served[ModelT]]
    ) -> _Served[ModelT] | None:
        """Load and test the package at `path`. If that fails, log the error and return None."""
        try:
            fresh = _Served(fingerprint, self._kind.load(path))
            try:
                self._by_key({**served, path: fresh})
                self._kind.test(fresh.model)
            except Exception:
                fresh.model.close()
                raise
        except Exception as error:  # one package must not stop the others
            self._refused[path] = fingerprint
            _LOG.error("package refused", extra={"package": path.name, "reason": str(error)})
            return None
        version = fresh.model.manifest.version
        _LOG.info("package taken up", extra={"package": path.name, "model_version": version})
        return fresh

    def _by_key(self, served: dict[Path, _Served[ModelT]]) -> dict[KeyT, ModelT]:
        """Index models by key. Raises ConfigError if two packages have the same one."""
        found: dict[KeyT, ModelT] = {}
        for model in (item.model for item in served.values()):
            key = self._kind.key(model)
            if key in found:
                raise ConfigError(
                    f"{found[key].manifest.name} and {model.manifest.name} both {self._kind.does(model)}: keep one of "
                    f"them in the models directory"
                )
            found[key] = model
        return found

    def close(self) -> None:
        """Finish the accepted work and close every model."""
        for item in self._served.values():
            item.model.close()


def _fingerprint(path: Path) -> Fingerprint:
    """Return a value that changes with any file, so that a package is retried once all its files are copied."""
    try:
        stats = {file.name: file.stat() for file in path.iterdir()}
    except FileNotFoundError:  # just removed
        return frozenset()
    return frozenset((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats.items())
