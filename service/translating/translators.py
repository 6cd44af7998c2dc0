"""The served translators, by language pair."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field

from nmt.errors import UnsupportedPair
from nmt.language_model.character_ngrams import CharacterModel, unpack_models
from nmt.runtime import Manifest, ModelPackage, Translator
from nmt.runtime.manifest import CHARACTERS, TRANSLATOR
from nmt.text import Pivot, SentenceTranslator
from service.packages import PackageKind, ServedPackages
from service.settings import Settings
from service.translating.detection import Detector
from service.translating.language_codes import aliases, language_name, served_code

AUTO = "auto"
"""The source language of a text whose language is to be detected."""
CANARY = "1 2 3."
"""Test sentence that a translator must be able to translate."""
CANARY_SECONDS = 5.0
_USUAL_PIVOT = "en"
"""Of several languages through which a pair is translated, this one wins. Most corpora have it on one side."""


class Language(BaseModel):
    """A source language and its target languages."""

    code: str
    name: str
    targets: list[str]
    pivots: dict[str, str] = Field(description="Targets that are reached through a third language, and that language.")
    aliases: list[str] = Field(description="Further codes of the language. Case, region and script never matter.")


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
        self._pivots = settings.pivot
        self._detector: tuple[Mapping[tuple[str, str], _Loaded], Detector] | None = None

    @property
    def _by_pair(self) -> dict[tuple[str, str], Translator]:
        return {pair: item.translator for pair, item in self._packages.by_key.items()}

    def refresh(self) -> list[Translator]:
        """Load new and changed packages and drop removed ones. Return the translators that are no longer served."""
        return [item.translator for item in self._packages.refresh()]

    def find(self, source: str, target: str) -> SentenceTranslator:
        """Return the translator of a pair, or two in a row. Raises UnsupportedPair, which lists the supported pairs."""
        by_pair = self._by_pair
        if (source, target) in by_pair:
            return by_pair[source, target]
        if (middle := self._pivot(source, target)) is not None:
            return Pivot(by_pair[source, middle], by_pair[middle, target])
        pairs = ", ".join(f"{one} to {other}" for one, other in sorted(by_pair)) or "none"
        if source in self.codes() or source == AUTO:
            raise UnsupportedPair(f"{source} to {target} is not supported; supported pairs: {pairs}")
        raise UnsupportedPair(f"{source} is not supported as a source language; supported pairs: {pairs}")

    def sources(self, target: str) -> list[str]:
        """Return the languages that can be translated to `target`, ordered by code."""
        return [source for source in sorted(self.codes()) if self._is_reached(source, target)]

    def codes(self) -> set[str]:
        """Return all served languages."""
        return {language for pair in self._by_pair for language in pair}

    def code(self, code: str) -> str:
        """Return the served language that `code` names: `en` for `EN-GB` and `eng`. Return `code` if there is none."""
        codes = self.codes()
        return code if code in codes else served_code(code, codes)

    def _is_reached(self, source: str, target: str) -> bool:
        return (source, target) in self._by_pair or self._pivot(source, target) is not None

    def _pivot(self, source: str, target: str) -> str | None:
        """Return the language through which `source` is translated to `target`, or None if there is none."""
        by_pair = self._by_pair
        if not self._pivots or source == target:
            return None
        middles = [middle for one, middle in by_pair if one == source and (middle, target) in by_pair]
        return min(middles, key=lambda middle: (middle != _USUAL_PIVOT, middle), default=None)

    async def detector(self) -> Detector:
        """Return the detector of the served languages. It is loaded on first use, which takes half a second."""
        loaded, known = self._packages.by_key, self._detector
        if known is None or known[0] is not loaded:
            known = self._detector = loaded, await asyncio.to_thread(_new_detector, loaded)
        return known[1]

    def languages(self) -> list[Language]:
        """Return the source languages with their targets, ordered by code."""
        codes = sorted(self.codes())
        found = []
        for source in sorted({source for source, _ in self._by_pair}):
            targets = [target for target in codes if self._is_reached(source, target)]
            pivots = {
                target: middle
                for target in targets
                if (source, target) not in self._by_pair and (middle := self._pivot(source, target)) is not None
            }
            name, others = language_name(source), aliases(source)
            found.append(Language(code=source, name=name, targets=targets, pivots=pivots, aliases=others))
        return found

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
