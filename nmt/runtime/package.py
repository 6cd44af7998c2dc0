"""The model package: a directory whose manifest lists every file with its SHA-256. Never contains a pickle."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

from pydantic import ValidationError

from nmt.errors import ConfigError, PackageCorrupt, PackageNotFound
from nmt.runtime.atomic_swap import swap_directories
from nmt.runtime.manifest import (
    FORMAT_VERSION,
    TRANSLATOR,
    UNCOMPRESSED_WEIGHTS,
    WEIGHTS,
    Manifest,
    PackageManifest,
    Score,
)
from tokenizer import SubwordTokenizer

_OLDEST_VERSION = 3
"""Oldest supported version. It lacks `ATTENTION`, so its translations cannot be aligned."""

MANIFEST = "manifest.json"
_SHOWN = 3
"""Maximum number of names listed in a message."""

ManifestT = TypeVar("ManifestT", bound=PackageManifest)


@dataclass(frozen=True, slots=True)
class Package(Generic[ManifestT]):
    """A package on disk whose files were checked against its manifest."""

    path: Path
    manifest: ManifestT

    def read(self, name: str) -> bytes:
        """Return the bytes of one of the package's files."""
        return (self.path / name).read_bytes()

    def open_file(self, name: str) -> BinaryIO:
        """Open one of the package's files for reading in parts."""
        return (self.path / name).open("rb")


class ModelPackage(Package[Manifest]):
    """The package of a translator."""

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> ModelPackage:
        """Read and check the package at `path`. Raises PackageNotFound or PackageCorrupt."""
        return cls(Path(path), checked_manifest(Path(path), Manifest))

    def tokenizers(self) -> tuple[SubwordTokenizer, SubwordTokenizer]:
        """Return the tokenizers of source and target, one object where they are joint. Raises TokenizerError."""
        sides = self.manifest.vocabulary
        source = SubwordTokenizer(self.read(sides.source.file))
        return source, source if sides.source == sides.target else SubwordTokenizer(self.read(sides.target.file))


def checked_manifest(directory: Path, kind: type[ManifestT]) -> ManifestT:
    """Return the manifest of the package in `directory`, whose files fit it. Raises PackageNotFound, also for a package
    of another kind, or PackageCorrupt."""
    if not (directory / MANIFEST).is_file():
        raise PackageNotFound(
            f"{directory}: no model package here (no {MANIFEST}); train one with: nmt train --output {directory}"
        )
    found = package_kind(directory)
    if found != kind.KIND:
        raise PackageNotFound(f"{directory}: the package of a {found}, not of a {kind.KIND}; name another directory")
    manifest = _read_manifest(directory / MANIFEST, kind)
    for name, digest in manifest.files.items():
        _check_file(directory, name, digest)
    for name in manifest.needed:
        if name not in manifest.files:
            raise PackageCorrupt(f"{directory / MANIFEST}: lists no file {name}; copy or export the package again")
    return manifest


def package_kind(directory: Path) -> str:
    """Return the kind of the package in `directory`, which may be damaged. One that names no kind is a translator's."""
    try:
        kind = json.loads((directory / MANIFEST).read_bytes())["kind"]
    except (OSError, ValueError, KeyError, TypeError):
        return TRANSLATOR
    return str(kind)


def packages_in(directory: Path, kind: str | None = TRANSLATOR) -> Iterator[Path]:
    """Yield the directories under `directory` that hold a package of `kind`, or of any kind if None, sorted by name.
    Hidden directories are skipped."""
    if not directory.is_dir():
        return
    for path in sorted(directory.iterdir()):
        is_package = not path.name.startswith(".") and (path / MANIFEST).is_file()
        if is_package and kind in {None, package_kind(path)}:
            yield path


def check_replaceable(directory: Path) -> None:
    """Raises ConfigError if writing a package to `directory` would remove anything but an earlier package."""
    if not directory.is_dir():
        return
    known = _files_listed(directory / MANIFEST)
    # Hidden files left by a file manager or a network file system do not prevent the replacement.
    others = sorted(
        path.name
        for path in directory.iterdir()
        if path.is_dir() or not (path.name in known or path.name.startswith("."))
    )
    if others:
        shown = ", ".join(others[:_SHOWN]) + (", ..." if len(others) > _SHOWN else "")
        remedy = "move it away" if known else f"name a directory that is new or empty, such as {directory / 'en-xx'}"
        raise ConfigError(f"{directory}: holds {shown}, which a package written there would replace: {remedy}")


def _files_listed(manifest: Path) -> set[str]:
    """Return the files listed in `manifest`, even of a damaged package or another version. Empty if it is no
    package."""
    try:
        return {MANIFEST, *json.loads(manifest.read_bytes())["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def write_package(directory: Path, manifest: PackageManifest, files: Mapping[str, bytes]) -> None:
    """Write a package atomically: a reader, or a restart after a kill, finds the old or the new package, never a part.

    Where the system cannot exchange directories, neither exists for a moment between two renames. Fills in
    `manifest.files` from `files`. Raises ConfigError as `check_replaceable` does.
    """
    check_replaceable(directory)
    complete = manifest.model_copy(
        update={"files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}}
    )
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{directory.name}-", dir=directory.parent) as parent:
        fresh, old = Path(parent) / "new", Path(parent) / "old"
        fresh.mkdir()
        for name, content in {**files, MANIFEST: complete.model_dump_json(indent=2).encode() + b"\n"}.items():
            _write_synced(fresh / name, content)
        if not directory.exists():
            fresh.rename(directory)
            return
        try:
            swap_directories(fresh, directory)
        except ConfigError:
            _replace(directory, fresh, old)


def _replace(directory: Path, fresh: Path, old: Path) -> None:
    directory.rename(old)
    try:
        fresh.rename(directory)
    except OSError:
        old.rename(directory)
        raise


def compressed_weights(content: bytes) -> bytes:
    """Return the content of `WEIGHTS` for that of `UNCOMPRESSED_WEIGHTS`, the same at any time."""
    return gzip.compress(content, mtime=0)


def rewrite_package(
    package: Package[Any], contents: Mapping[str, bytes], scores: tuple[Score, ...] | None = None
) -> None:
    """Write `package` anew in its place, in the current format: with files added or replaced, and perhaps with other
    scores. Raises ConfigError as `write_package` does."""
    files = {each: package.read(each) for each in package.manifest.files}
    if (weights := files.pop(UNCOMPRESSED_WEIGHTS, None)) is not None:
        files[WEIGHTS] = compressed_weights(weights)
    changes = {"format_version": FORMAT_VERSION, **({} if scores is None else {"scores": scores})}
    write_package(package.path, package.manifest.model_copy(update=changes), {**files, **contents})


def copy_package(package: Package[Any], directory: Path) -> None:
    """Copy only the files of `package` to the new directory `directory`, the manifest last."""
    directory.mkdir(parents=True)
    for name in (*package.manifest.files, MANIFEST):
        _write_synced(directory / name, package.read(name))


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _read_manifest(path: Path, kind: type[ManifestT]) -> ManifestT:
    try:
        manifest = kind.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole file"
        raise PackageCorrupt(
            f"{path}: {place}: {first['msg']}; copy or export the package again, or upgrade if a newer version made it"
        ) from error
    found = (
        f"{path}: package format {manifest.format_version}, this version reads {_OLDEST_VERSION} to {FORMAT_VERSION}"
    )
    if manifest.format_version > FORMAT_VERSION:
        raise PackageCorrupt(f"{found}; upgrade")
    if manifest.format_version < _OLDEST_VERSION:
        raise PackageCorrupt(f"{found}; run the nmt train that made it once more, which exports it anew")
    return manifest


def _check_file(directory: Path, name: str, digest: str) -> None:
    path = directory / name
    if path.parent != directory or name in {"", ".", ".."}:
        raise PackageCorrupt(f"{directory / MANIFEST}: file name {name!r} leads out of the package; do not use it")
    if not path.is_file():
        raise PackageCorrupt(f"{path}: listed in {MANIFEST} but missing; copy the package again")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != digest:
        raise PackageCorrupt(
            f"{path}: SHA-256 is {found[:12]}..., {MANIFEST} says {digest[:12]}...; the file is damaged or was "
            f"changed: copy the package again"
        )
