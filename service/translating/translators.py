"""The served translators, by language pair."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from pathlib import Path

from iso639 import Lang
from iso639.exceptions import InvalidLanguageValue
from pydantic import BaseModel

from nmt.errors import ConfigError, UnsupportedPair
from nmt.language_model.character_ngrams import CharacterModel, unpack_models
from nmt.languages import base_code
from nmt.runtime import ModelPackage, Translator, packages_in
from nmt.runtime.manifest import CHARACTERS
from service.settings import Settings
from service.translating.detection import Detector

CANARY = "1 2 3."
"""Test sentence that a translator must be able to translate."""
CANARY_SECONDS = 5.0
Fingerprint = frozenset[tuple[str, int, int]]
"""Name, size in bytes and modification time in nanoseconds of each file of a package."""


class Language(BaseModel):
    """A source language and its target languages."""

    code: str
    name: str
    targets: list[str]


_LOG = logging.getLogger("service.models")


@dataclass(frozen=True, slots=True)
class _Served:
    """A loaded package."""

    fingerprint: Fingerprint
    translator: Translator
    characters: bytes | None
    """Packed character models; None in a package without them."""


class Translators:
    """The loaded packages of a directory. `refresh` loads what has changed there."""

    def __init__(self, settings: Settings) -> None:
        """Load and verify every package. Raises PackageError, or ConfigError if two have the same language pair."""
        self._settings = settings
        self._served: dict[Path, _Served] = {}
        self._by_pair: dict[tuple[str, str], Translator] = {}
        self._refused: dict[Path, Fingerprint] = {}  # fingerprints of packages that failed to load
        self._missing: set[Path] = set()  # at the last refresh
        self._detector: Detector | None = None
        try:
            for path in packages_in(settings.models_dir):
                self._served[path] = self._load(path, _fingerprint(path))
                self._by_pair = _by_pair(self._served)
        except Exception:
            self.close()
            raise

    def _load(self, path: Path, fingerprint: Fingerprint) -> _Served:
        package = ModelPackage.open(path)
        characters = package.read(CHARACTERS) if CHARACTERS in package.manifest.files else None
        if characters is not None:
            unpack_models(characters)  # raises PackageCorrupt now, and not at the first detection
        translator = Translator(package, threads=self._settings.threads, max_waiting=self._settings.max_waiting)
        return _Served(fingerprint, translator, characters)

    def refresh(self) -> list[Translator]:
        """Load new and changed packages and drop removed ones. Return the translators that are no longer served.

        A package is served only after its hashes were checked and it has translated a canary. If one fails, the error
        is logged and the previous package stays. Call this from one thread at a time.
        """
        found = {path: _fingerprint(path) for path in packages_in(self._settings.models_dir)}
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
        kept = [item.translator for item in served.values()]
        retired = [item.translator for item in self._served.values() if item.translator not in kept]
        if served != self._served:
            self._served, self._by_pair, self._detector = served, _by_pair(served), None
        return retired

    def _tried(self, path: Path, fingerprint: Fingerprint, served: dict[Path, _Served]) -> _Served | None:
        """Load and test the package at `path`. If that fails, log the error and return None."""
        try:
            fresh = self._load(path, fingerprint)
            try:
                _by_pair({**served, path: fresh})
                options = fresh.translator.options(beam_size=1, max_length=8)
                fresh.translator.submit([CANARY], options).result(CANARY_SECONDS)
            except Exception:
                fresh.translator.close()
                raise
        except Exception as error:  # one package must not stop the others
            self._refused[path] = fingerprint
            _LOG.error("package refused", extra={"package": path.name, "reason": str(error)})
            return None
        version = fresh.translator.manifest.version
        _LOG.info("package taken up", extra={"package": path.name, "model_version": version})
        return fresh

    def find(self, source: str, target: str) -> Translator:
        """Return the translator of a pair. Raises UnsupportedPair, which lists the supported pairs."""
        translator = self._by_pair.get((source, target))
        if translator is None:
            pairs = ", ".join(f"{one} to {other}" for one, other in sorted(self._by_pair)) or "none"
            raise UnsupportedPair(f"{source} to {target} is not supported; supported pairs: {pairs}")
        return translator

    def sources(self, target: str) -> list[str]:
        """Return the languages that can be translated to `target`, ordered by code."""
        return [source for source, reached in sorted(self._by_pair) if reached == target]

    def nearest_target(self, code: str) -> str:
        """Return the served target for `code`: itself, or `en` for `en-gb`. Return `code` if there is none."""
        targets = {target.lower(): target for _, target in self._by_pair}
        return targets.get(code.lower()) or targets.get(base_code(code)) or code

    async def detector(self) -> Detector:
        """Return the detector of the served languages. It is loaded on first use, which takes half a second."""
        detector = self._detector
        if detector is None:
            detector = self._detector = await asyncio.to_thread(self._new_detector)
        return detector

    def _new_detector(self) -> Detector:
        languages = {language for pair in self._by_pair for language in pair}
        models: dict[str, CharacterModel] = {}
        for item in self._served.values():
            for language, model in unpack_models(item.characters).items() if item.characters else ():
                if language not in models or model.words > models[language].words:
                    models[language] = model
        return Detector(languages, models)

    def languages(self) -> list[Language]:
        """Return the source languages with their targets, ordered by code."""
        targets: dict[str, list[str]] = {}
        for source, target in sorted(self._by_pair):
            targets.setdefault(source, []).append(target)
        return [Language(code=code, name=language_name(code), targets=reachable) for code, reachable in targets.items()]

    def all(self) -> list[Translator]:
        """Return every translator."""
        return list(self._by_pair.values())

    def close(self) -> None:
        """Finish the accepted sentences and close every translator."""
        for item in self._served.values():
            item.translator.close()


def _fingerprint(path: Path) -> Fingerprint:
    """Return a value that changes with any file, so that a package is retried once all its files are copied."""
    try:
        stats = {file.name: file.stat() for file in path.iterdir()}
    except FileNotFoundError:  # just removed
        return frozenset()
    return frozenset((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats.items())


def _by_pair(served: dict[Path, _Served]) -> dict[tuple[str, str], Translator]:
    """Index translators by language pair. Raises ConfigError if two packages have the same pair."""
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
    """Return the English name of a language, or its code if it has none."""
    try:
        return str(Lang(base_code(code)).name)
    except InvalidLanguageValue:
        return code
