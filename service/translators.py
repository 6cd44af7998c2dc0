"""The translators that are served, by language pair."""

from __future__ import annotations

import asyncio

from iso639 import Lang
from iso639.exceptions import InvalidLanguageValue

from nmt.errors import ConfigError, UnsupportedPair
from nmt.runtime import Translator, packages_in
from service.detection import Detector
from service.schemas import Language
from service.settings import Settings


class Translators:
    """All packages of a directory, loaded."""

    def __init__(self, settings: Settings) -> None:
        """Load and verify every package. Raises PackageError, or ConfigError on two packages of one pair."""
        self._by_pair: dict[tuple[str, str], Translator] = {}
        self._detector: Detector | None = None
        try:
            for path in packages_in(settings.models_dir):
                translator = Translator.load(path, threads=settings.threads, max_waiting=settings.max_waiting)
                self._add(translator)
        except Exception:
            self.close()
            raise

    def _add(self, translator: Translator) -> None:
        pair = (translator.manifest.source, translator.manifest.target)
        if pair in self._by_pair:
            translator.close()
            raise ConfigError(
                f"{self._by_pair[pair].manifest.name} and {translator.manifest.name} both translate "
                f"{pair[0]} to {pair[1]}: keep one of them in the models directory"
            )
        self._by_pair[pair] = translator

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
        return targets.get(code.lower()) or targets.get(code.split("-")[0].lower()) or code

    async def detector(self) -> Detector:
        """Tells the languages served apart; loaded when it is first needed, which takes half a second."""
        if self._detector is None:
            languages = {language for pair in self._by_pair for language in pair}
            self._detector = await asyncio.to_thread(Detector, languages)
        return self._detector

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
        for translator in self._by_pair.values():
            translator.close()


def language_name(code: str) -> str:
    """The English name of a language, or its code if it has none."""
    try:
        return str(Lang(code.split("-")[0]).name)
    except InvalidLanguageValue:
        return code
