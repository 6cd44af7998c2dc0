"""Licences and attributions of a package's training sources, as the user states them, for its model card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from nmt.errors import ConfigError
from nmt.runtime import CorpusSource


@dataclass(frozen=True, slots=True)
class SourceLicence:
    """A source as the user describes it."""

    name: str
    licence: str
    attribution: str


def read_source_licences(path: Path | None, files: Sequence[Path]) -> list[SourceLicence]:
    """Read the description of each source, of which `files` are the first files, from the JSON file at `path`.

    Without a JSON file, their names describe them.

    Raises ConfigError if the file cannot be read or describes another number of sources.
    """
    if path is None:
        return [SourceLicence(name=file.name, licence="not stated", attribution="") for file in files]
    try:
        about = TypeAdapter(list[SourceLicence]).validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{path}: expected a JSON list of objects with name, licence and attribution ({error})"
        ) from error
    if len(about) != len(files):
        raise ConfigError(
            f"{path}: describes {len(about)} corpora, but {len(files)} are trained on; list them in order"
        )
    return about


def described(about: Sequence[SourceLicence], counts: Sequence[int]) -> tuple[CorpusSource, ...]:
    """Return the sources with their numbers of pairs or sentences."""
    return tuple(CorpusSource(pairs=count, **asdict(entry)) for count, entry in zip(counts, about, strict=True))
