"""Translations of sentences that were asked for before, kept in memory.

What a translator answers depends on the sentence, its package and the options alone. Glossaries, suggestions, markup
and accelerators come after, so a kept translation is right whatever happens to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cachetools import LRUCache

from nmt.decoding import DecodingOptions
from nmt.runtime import TranslationResult


class SentenceCache:
    """The translations used last, of all translators. Used by one thread, the event loop's."""

    def __init__(self, most: int) -> None:
        """Keep the translations of at most `most` sentences; 0 keeps none."""
        self._most = most
        self._kept: LRUCache[tuple[str, DecodingOptions, str], TranslationResult] = LRUCache(max(1, most))

    def find(self, version: str, options: DecodingOptions, sentences: Sequence[str]) -> dict[str, TranslationResult]:
        """Return the known translations by sentence, by the model `version` with `options`."""
        keys = ((version, options, sentence) for sentence in sentences) if self._most else ()
        return {key[2]: self._kept[key] for key in keys if key in self._kept}

    def keep(self, version: str, options: DecodingOptions, results: Sequence[TranslationResult]) -> None:
        """Keep `results`. Given again, they will have taken no time."""
        for result in results if self._most else ():
            kept = replace(result, queued_milliseconds=0.0, decoding_milliseconds=0.0)
            self._kept[version, options, result.source] = kept
