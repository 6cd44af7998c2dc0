"""The served translators, by language pair."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from iso639 import Lang
from iso639.exceptions import InvalidLanguageValue
from pydantic import BaseModel

from nmt.errors import UnsupportedPair
from nmt.language_model.character_ngrams import CharacterModel, unpack_models
from nmt.languages import base_code
from nmt.runtime import Manifest, ModelPackage, Translator
from nmt.runtime.manifest import CHARACTERS, TRANSLATOR
from service.packages import PackageKind, ServedPackages
from service.settings import Settings
from service.translating.detection import Detector

CANARY = "1 2 3."
"""Test sentence that a translator must be able to translate."""
CANARY_SECONDS = 5.0


class Language(BaseModel):
    """A source language and its target languages."""

    code: str
    name: str
    targets: list[str]


class Translators:
    """The loaded translators of a directory. `refresh` loads what has changed there."""

    def __init__(self, settings: Settings) -> None:
        """Load and verify every package. Raises PackageError, or ConfigError if two have the same language pair."""

        def load(path: Path) -> _Loaded:
            package = ModelPackage.open(path)
            characters = package.read(CHARACTERS) if CHARACTERS in package.manifest.files else None
            if characters is not None:
                unpack_models(characters)  # raises PackageCorrupt now, and not at the first detection
            translator = Translator(package, threads=settings.threads, max_waiting=settings.max_waiting)
            return _Loaded(translator, characters)

        kind = PackageKind(TRANSLATOR, load, _Loaded.translate_canary, _Loaded.pair, _Loaded.does)
        self._packages = ServedPackages(settings.models_dir, kind)
        self._detector: tuple[Mapping[tuple[str, str], _Loaded], Detector] | None = None

    @property
    def _by_pair(self) -> dict[tuple[str, str], Translator]:
        return {pair: item.translator for pair, item in self._packages.by_key.items()}

    def refresh(self) -> list[Translator]:
        """Load new and changed packages and drop removed ones. Return the translators that are no longer served."""
        return [item.translator for item in self._packages.refresh()]

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
        loaded, known = self._packages.by_key, self._detector
        if known is None or known[0] is not loaded:
            known = self._detector = loaded, await asyncio.to_thread(_new_detector, loaded)
        return known[1]

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
        self._packages.close()


@dataclass(frozen=True, slots=True, eq=False)
class _Loaded:
    """A translator, and what its package has besides."""

    translator: Translator
    characters: bytes | None
    """The character models of its languages, if the package has them."""

    @property
    def manifest(self) -> Manifest:
        return self.translator.manifest

    def pair(self) -> tuple[str, str]:
        return self.manifest.source, self.manifest.target

    def does(self) -> str:
        return f"translate {self.manifest.source} to {self.manifest.target}"

    def translate_canary(self) -> None:
        options = self.translator.options(beam_size=1, max_length=8)
        self.translator.submit([CANARY], options).result(CANARY_SECONDS)

    def close(self) -> None:
        self.translator.close()


def _new_detector(loaded: Mapping[tuple[str, str], _Loaded]) -> Detector:
    languages = {language for pair in loaded for language in pair}
    models: dict[str, CharacterModel] = {}
    for item in loaded.values():
        for language, model in unpack_models(item.characters).items() if item.characters else ():
            if language not in models or model.words > models[language].words:
                models[language] = model
    return Detector(languages, models)


def language_name(code: str) -> str:
    """Return the English name of a language, or its code if it has none."""
    try:
        return str(Lang(base_code(code)).name)
    except InvalidLanguageValue:
        return code
