"""What the translation of texts needs of whatever translates their sentences."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from nmt.decoding import DecodingOptions
from nmt.runtime import Alignment, KnownWords, Manifest, Translation, TranslationResult


class WordTranslations(Protocol):
    """Translations of single words: a `Dictionary`, or two in a row."""

    def translations(self, word: str) -> tuple[str, ...]:
        """Return the translations of `word`, best first; empty if it has none."""

    def is_translated(self, word: str) -> bool:
        """Return whether translations hardly ever have `word` as it is."""


class SentenceTranslator(Protocol):
    """Translates sentences: a `Translator`, or two in a row. Its methods are those of `Translator`."""

    @property
    def manifest(self) -> Manifest:
        """What its package says of itself."""

    @property
    def known_words(self) -> KnownWords | None:
        """Words of the source language that it translates, or None if that is not known."""

    @property
    def dictionary(self) -> WordTranslations:
        """Translations of words that stand alone, or that the model leaves untranslated."""

    def options(
        self, *, beam_size: int | None = None, n_best: int = 1, max_length: int | None = None
    ) -> DecodingOptions:
        """Return the default options, overridden by those of a request."""

    def submit(
        self, texts: Sequence[str], options: DecodingOptions, *, deadline: float | None = None, wait: bool = False
    ) -> Future[list[TranslationResult]]:
        """Queue sentences."""

    def count_subwords(self, text: str) -> int:
        """Return the number of subwords that are read for `text`."""

    def spells(self, character: str) -> bool:
        """Return whether `character` is read as itself, and not as bytes."""

    def subwords(self, translation: Translation) -> list[str]:
        """Return the subwords of `translation`."""

    def align(self, results: Sequence[TranslationResult], *, deadline: float | None = None) -> list[Alignment | None]:
        """Return the alignment of the best translation of each of `results`."""
