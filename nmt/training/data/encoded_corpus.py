"""The manifest of an encoded corpus: what it was made from, to detect whether the sources have changed since."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from nmt.corpus import CleaningReport, CorpusSpec, Direction
from nmt.decoding import LengthModel
from nmt.errors import CorpusError
from nmt.training.run.disk_space import reporting_full_disk
from nmt.training.settings.config import DataConfig

_MANIFEST = "corpus.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class FileState:
    """The state of a file when it was read."""

    path: str
    size: int
    """Bytes."""
    modified: int
    """Nanoseconds since 1970."""
    sha256: str

    def __str__(self) -> str:
        when = datetime.fromtimestamp(self.modified / 1e9, UTC)
        return f"{self.size:,} bytes, modified {when:%Y-%m-%d %H:%M:%S} UTC, SHA-256 {self.sha256[:12]}"


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of a source of pairs when it was read."""

    spec: CorpusSpec
    files: tuple[FileState, ...]

    def changes_from(self, before: SourceState) -> Iterator[str]:
        """Yield a line for each difference; a file that was only moved or touched does not differ."""
        for name, was, now in (
            ("format", before.spec.kind, self.spec.kind),
            ("columns", before.spec.columns, self.spec.columns),
            ("weight", before.spec.weight, self.spec.weight),
        ):
            if was != now:
                yield f"{self.spec}: {name} was {was} and is {now}"
        if len(self.files) == len(before.files):
            for file, old in zip(self.files, before.files, strict=True):
                if (file.size, file.sha256) != (old.size, old.sha256):
                    yield f"{file.path}: was {old}; is {file}"


@dataclass(frozen=True, slots=True)
class CorpusState:
    """Everything that determines the encoded pairs of a training."""

    settings: dict[str, Any]
    """The relevant `data.*` settings."""
    direction: Direction
    train: tuple[SourceState, ...]
    valid: tuple[SourceState, ...]
    mixed: int = 0
    """Number of training sources, at the end of `train`, with general pairs mixed in; none are held out of these."""

    def with_settings(self, config: DataConfig) -> CorpusState:
        """Return this state with the settings of `config`."""
        return replace(self, settings={name: value for name, value in asdict(config).items() if name in self.settings})

    def changes_from(self, before: CorpusState) -> list[str]:
        """Return a line for each difference; empty if the pairs and their ids are the same."""
        lines = []
        names = sorted({*self.settings, *before.settings})
        for name in names:
            was, now = before.settings.get(name), self.settings.get(name)
            if was != now:
                lines.append(f"data.{name} was {was} and is {now}")
        if self.direction != before.direction:
            was, now = before.direction, self.direction
            lines.append(f"the direction was {was.source} to {was.target} and is {now.source} to {now.target}")
        if self.mixed != before.mixed:
            lines.append(f"{before.mixed} sources were mixed in and are {self.mixed}")
        for kind, olds, news in (("training", before.train, self.train), ("validation", before.valid, self.valid)):
            if len(olds) != len(news):
                lines.append(f"the {kind} sources were {_names(olds)} and are {_names(news)}")
            else:
                lines += [line for old, new in zip(olds, news, strict=True) for line in new.changes_from(old)]
        return lines


@dataclass(frozen=True, slots=True)
class SourceCount:
    """Pair counts of a source."""

    read: int
    trained: int
    """Pairs left to train on."""


@dataclass(frozen=True, slots=True)
class EncodedCorpus:
    """The manifest of an encoded corpus."""

    state: CorpusState
    report: CleaningReport
    too_long: int
    """Training pairs left out for exceeding the maximum length in subwords."""
    length: LengthModel
    counts: tuple[SourceCount, ...]
    """Counts for each training source."""
    sizes: dict[str, int]
    """Sizes in bytes of the files beside the manifest."""
    held_out: int | None = None
    """Pairs held out of the training pairs for validation; None if validation pairs were given or an older version
    wrote the manifest."""
    valid_left_out: dict[str, int] = field(default_factory=dict)
    """Validation pairs left out, by reason; empty if an older version wrote the manifest."""
    format: int = _FORMAT

    @property
    def pairs(self) -> int:
        """Training pairs after cleaning and holding out, including those too long in subwords."""
        return self.too_long + sum(count.trained for count in self.counts)

    @property
    def apart(self) -> int:
        """Pairs left out of training because a held-out pair has the same source or target."""
        return 0 if self.held_out is None else self.report.kept - self.held_out - self.pairs

    def save(self, directory: Path) -> None:
        """Write the manifest to `directory` atomically."""
        partial = directory / f"{_MANIFEST}.partial"
        content = TypeAdapter(EncodedCorpus).dump_json(self, indent=1)
        with reporting_full_disk(directory / _MANIFEST, len(content), partial):
            partial.write_bytes(content)
        os.replace(partial, directory / _MANIFEST)


def validation_lines(left_out: Mapping[str, int]) -> list[str]:
    """Return a line for display for each reason why validation pairs were left out."""
    return [f"left out {count:,} of the validation pairs: {reason}" for reason, count in left_out.items()]


def load_encoded_corpus(directory: Path) -> EncodedCorpus | None:
    """Return the manifest in `directory`, or None if it is missing or does not match the files."""
    try:
        stored = TypeAdapter(EncodedCorpus).validate_json((directory / _MANIFEST).read_bytes())
        fits = stored.format == _FORMAT and stored.sizes == file_sizes(directory)
    except (OSError, ValidationError):
        return None
    return stored if fits else None


def file_sizes(directory: Path) -> dict[str, int]:
    """Return the size in bytes of each file of an encoded corpus, except its manifest."""
    return {
        path.name: path.stat().st_size for path in sorted(directory.iterdir()) if not path.name.startswith(_MANIFEST)
    }


def source_state(spec: CorpusSpec, before: CorpusState | None) -> SourceState:
    """Return the state of the files of `spec`. Files with the size and time they had `before` are not hashed again.

    Raises CorpusError if a file cannot be read.
    """
    known = [file for source in (*before.train, *before.valid) for file in source.files] if before else []
    return SourceState(spec, tuple(_file_state(path, known) for path in spec.paths))


def _file_state(path: Path, known: Sequence[FileState]) -> FileState:
    try:
        status = path.stat()
        for file in known:
            if (file.path, file.size, file.modified) == (str(path), status.st_size, status.st_mtime_ns):
                return file
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise CorpusError(
            f"{path}: cannot be read ({error}); check the path, or, when a training has already read it, go on "
            f"without it with --keep-corpus"
        ) from error
    return FileState(str(path), status.st_size, status.st_mtime_ns, digest)


def _names(sources: Sequence[SourceState]) -> str:
    return ", ".join(str(source.spec) for source in sources) or "none"
