"""The translators that are served, by language pair."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

from iso639 import Lang
from iso639.exceptions import InvalidLanguageValue
from pydantic import BaseModel

from nmt.errors import ConfigError, UnsupportedPair
from nmt.languages import base_code
from nmt.runtime import Translator, packages_in
from service.settings import Settings
from service.translating.detection import Detector

CANARY = "1 2 3."
"""What a translator must be able to translate."""
CANARY_SECONDS = 5.0
Fingerprint = frozenset[tuple[str, int, int]]
"""Names, sizes in bytes and times of change in nanoseconds of a package's files."""


class Language(BaseModel):
    """A source language and what it can be translated to."""

    code: str
    name: str
    targets: list[str]


_LOG = logging.getLogger("service.models")


@dataclass(frozen=True, slots=True)
class _Served:
    """A package that is loaded."""

    fingerprint: Fingerprint
    translator: Translator


class Translators:
    """The packages of a directory, loaded; `refresh` takes up what has changed there."""

    def __init__(self, settings: Settings) -> None:
        """Load and verify every package. Raises PackageError, or ConfigError on two packages of one pair."""
        self._settings = settings
        self._served: dict[Path, _Served] = {}
        self._by_pair: dict[tuple[str, str], Translator] = {}
        self._refused: dict[Path, Fingerprint] = {}  # fingerprints of packages that could not be taken up
        self._missing: set[Path] = set()  # at the last look
        self._detector: Detector | None = None
        try:
            for path in packages_in(settings.models_dir):
                self._served[path] = self._load(path, _fingerprint(path))
                self._by_pair = _by_pair(self._served)
        except Exception:
            self.close()
            raise

    def _load(self, path: Path, fingerprint: Fingerprint) -> _Served:
        translator = Translator.load(path, threads=self._settings.threads, max_waiting=self._settings.max_waiting)
        return _Served(fingerprint, translator)

    def refresh(self) -> list[Translator]:
        """Take up packages that are new or changed and let go of those that are gone; gives what is no longer served.

        A package is served only after its hashes were checked and it has translated a canary; one that fails is said
        in the log, and what was served before stays. Called from one thread at a time.
        """
        found = {path: _fingerprint(path) for path in packages_in(self._settings.models_dir)}
        served = dict(self._served)
        for path, fingerprint in found.items():
            known = {self._refused.get(path), served[path].fingerprint if path in served else None}
            fresh = None if fingerprint in known else self._tried(path, fingerprint, served)
            if fresh:
                served[path] = fresh
        # One that is being replaced is missing for a moment.
        for path in (self._missing & served.keys()) - found.keys():
            del served[path]
            _LOG.info("package removed", extra={"package": path.name})
        self._missing = served.keys() - found.keys()
        kept = [item.translator for item in served.values()]
        retired = [item.translator for item in self._served.values() if item.translator not in kept]
        if served != self._served:
            self._served, self._by_pair, self._detector = served, _by_pair(served), None
        return retired

    def _tried(self, path: Path, fingerprint: Fingerprint, served: dict[Path, _Served]) -> _Served | None:
        """The package at `path`, loaded and tried; None, and a line in the log, if that fails."""
        try:
            fresh = self._load(path, fingerprint)
            try:
                _by_pair({**served, path: fresh})
                options = fresh.translator.options(beam_size=1, max_length=8)
                fresh.translator.submit([CANARY], options).result(CANARY_SECONDS)
            except Exception:
                fresh.translator.close()
                raise
        except Exception as error:  # whatever a package does, the others are served and watched on
            self._refused[path] = fingerprint
            _LOG.error("package refused", extra={"package": path.name, "reason": str(error)})
            return None
        version = fresh.translator.manifest.version
        _LOG.info("package taken up", extra={"package": path.name, "model_version": version})
        return fresh

    def find(self, source: str, target: str) -> Translator:
        """The translator of a pair. Raises UnsupportedPair naming the pairs there are."""
        translator = self._by_pair.get((source, target))
        if translator is None:
            pairs = ", ".join(f"{one} to {other}" for one, other in sorted(self._by_pair)) or "none"
            raise UnsupportedPair(f"{source} to {target} is not supported, these pairs are: {pairs}")
        return translator

    def sources(self, target: str) -> list[str]:
        """The languages that can be translated to `target`, in order of code."""
        return [source for source, reached in sorted(self._by_pair) if reached == target]

    def nearest_target(self, code: str) -> str:
        """The target served that `code` means: itself, or `en` for `en-gb`; `code` if there is none."""
        targets = {target.lower(): target for _, target in self._by_pair}
        return targets.get(code.lower()) or targets.get(base_code(code)) or code

    async def detector(self) -> Detector:
        """Tells the languages served apart; loaded when it is first needed, which takes half a second."""
        detector = self._detector
        if detector is None:
            languages = {language for pair in self._by_pair for language in pair}
            detector = self._detector = await asyncio.to_thread(Detector, languages)
        return detector

    def languages(self) -> list[Language]:
        """Source languages with their targets, in order of code."""
        targets: dict[str, list[str]] = {}
        for source, target in sorted(self._by_pair):
            targets.setdefault(source, []).append(target)
        return [Language(code=code, name=language_name(code), targets=reachable) for code, reachable in targets.items()]

    def all(self) -> list[Translator]:
        """Every translator."""
        return list(self._by_pair.values())

    def close(self) -> None:
        """Finish accepted sentences and stop."""
        for item in self._served.values():
            item.translator.close()


def _fingerprint(path: Path) -> Fingerprint:
    """Changes with any file, so that a package is tried again when the last of its files has been copied."""
    try:
        stats = {file.name: file.stat() for file in path.iterdir()}
    except FileNotFoundError:  # it has just gone
        return frozenset()
    return frozenset((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats.items())


def _by_pair(served: dict[Path, _Served]) -> dict[tuple[str, str], Translator]:
    """Raises ConfigError on two packages of one pair."""
    pairs: dict[tuple[str, str], Translator] = {}
    for item in served.values():
        manifest = item.translator.manifest
        pair = (manifest.source, manifest.target)
        if pair in pairs:
            raise ConfigError(
                f"{pairs[pair].manifest.name} and {manifest.name} both translate "
                f"{pair[0]} to {pair[1]}: keep one of them in the models directory"
            )
        pairs[pair] = item.translator
    return pairs


def language_name(code: str) -> str:
    """The English name of a language, or its code if it has none."""
    try:
        return str(Lang(base_code(code)).name)
    except InvalidLanguageValue:
        return code
