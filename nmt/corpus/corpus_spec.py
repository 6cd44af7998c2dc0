"""User-specified training sources: files, format, columns, weight and domain."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from nmt.errors import ConfigError

Format = Literal["tsv", "aligned", "csv", "jsonl", "tmx", "ts", "xliff", "po"]

STANDARD_INPUT = Path("-")

_BY_SUFFIX: dict[str, Format] = {
    ".tsv": "tsv",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".tmx": "tmx",
    ".ts": "ts",
    ".xlf": "xliff",
    ".xliff": "xliff",
    ".po": "po",
}
_UNCLEAR = {".xml": ("tmx", "xliff"), ".json": ("jsonl",)}
"""File suffixes that rule out TSV, and the formats that they may stand for."""
_COMPRESSED = frozenset({".gz", ".xz", ".zst", ".bz2"})
_WITH_COLUMNS = frozenset({"tsv", "csv", "jsonl", "po"})
_OPTION = re.compile(r"(\w+)=(.*)", re.DOTALL)
_OPTIONS = ("format", "source", "target", "weight", "domain")


@dataclass(frozen=True, slots=True)
class Direction:
    """The languages to translate from and to, as codes such as `en` or `pt-BR`."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table that hold the two texts, by name or, in a file without a header, by number from 1."""

    source: str
    target: str

    @property
    def are_numbers(self) -> bool:
        """Whether the columns are given as numbers, for a file without a header."""
        return self.source.isdecimal() and self.target.isdecimal()


@dataclass(frozen=True, slots=True)
class CorpusSpec:
    """A source of sentence pairs. Contains only plain values, so that a settings file can hold it."""

    paths: tuple[Path, ...]
    """One file, or `-` for standard input. The format `aligned` takes a source file and a target file."""
    format: Format | None = None
    """None means `aligned` for two files, else the format of the suffix without that of compression, else `tsv`."""
    columns: Columns | None = None
    weight: float = 1.0
    """How often each pair is seen per epoch: 2 means twice, 0.5 a different random half of the pairs each time."""
    domain: str | None = None
    """The label under which reports count the pairs."""

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in get_args(Format):
            raise ConfigError(f"{self}: format is {self.format!r}, allowed: {', '.join(get_args(Format))}")
        files = 2 if self.kind == "aligned" else 1
        if len(self.paths) != files:
            given = ", ".join(map(str, self.paths)) or "none"
            raise ConfigError(
                f"format {self.kind}: expected {files} file{'s' * (files > 1)}, found {given}; two files aligned by "
                f"line are one source, every other file is a source of its own"
            )
        if not (math.isfinite(self.weight) and self.weight > 0):
            raise ConfigError(f"{self}: weight is {self.weight:g}, allowed: more than 0; leave a source out to skip it")
        if self.columns and self.kind not in _WITH_COLUMNS:
            raise ConfigError(f"{self}: format {self.kind} has no columns; leave source= and target= out")
        if self.format is None and len(self.paths) == 1 and self._suffix in _UNCLEAR:
            allowed = " or ".join(f"{self},format={each}" for each in _UNCLEAR[self._suffix])
            raise ConfigError(f"{self}: the ending {self._suffix} does not tell the format: say it, as in {allowed}")
        if STANDARD_INPUT in self.paths and self.format is None:
            raise ConfigError("standard input has no name to tell its format by: say it, for example -,format=tsv")

    @classmethod
    def parse(cls, *texts: str) -> CorpusSpec:
        """Parse a spec such as `corpus.csv,source=english,target=deutsch,weight=2,domain=ui`.

        Options follow the path, separated by commas. With two files they follow the second. Raises ConfigError.
        """
        path, options = _split(texts[-1])
        paths = (*map(Path, texts[:-1]), Path(path))
        if len(paths) == 2:
            options.setdefault("format", "aligned")
        if ("source" in options) != ("target" in options):
            raise ConfigError(f"{texts[-1]}: source= and target= name two columns, so give both or neither")
        columns = Columns(options["source"], options["target"]) if "source" in options else None
        try:
            weight = float(options.get("weight", "1"))
        except ValueError:
            raise ConfigError(f"{texts[-1]}: weight is {options['weight']!r}, expected a number such as 2") from None
        # __post_init__ rejects an unknown format.
        return cls(paths, options.get("format"), columns, weight, options.get("domain"))  # type: ignore[arg-type]

    @property
    def kind(self) -> Format:
        """The format, inferred from the file name if not given."""
        if self.format:
            return self.format
        if len(self.paths) != 1:
            return "aligned"
        return _BY_SUFFIX.get(self._suffix, "tsv")

    @property
    def _suffix(self) -> str:
        """Return the lower-case suffix of the first path, ignoring a compression suffix."""
        suffixes = [suffix.lower() for suffix in self.paths[0].suffixes]
        while suffixes and suffixes[-1] in _COMPRESSED:
            suffixes.pop()
        return suffixes[-1] if suffixes else ""

    def __str__(self) -> str:
        return " ".join(map(str, self.paths))


def _split(text: str) -> tuple[str, dict[str, str]]:
    """Split `text` into the path, which may contain commas, and the options after it."""
    path, *parts = text.split(",")
    first = next((number for number, part in enumerate(parts) if _OPTION.fullmatch(part)), len(parts))
    options: dict[str, str] = {}
    for part in parts[first:]:
        match = _OPTION.fullmatch(part)
        if match is None or match[1] not in _OPTIONS or match[1] in options:
            fault = "given twice" if match and match[1] in options else "unknown"
            raise ConfigError(f"{text}: option {part!r} is {fault}; options are {', '.join(_OPTIONS)}, each NAME=VALUE")
        options[match[1]] = match[2]
    return ",".join([path, *parts[:first]]), options
