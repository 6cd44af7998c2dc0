"""What the translation of texts needs of whatever translates their sentences."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from nmt.decoding import DecodingOptions
from nmt.runtime import Alignment, KnownWords, Manifest, Translation, TranslationResult


class SentenceTranslator(Protocol):
    """Translates sentences: a `Translator`, or two in a row. Its methods are those of `Translator`."""

    @property
    def manifest(self) -> Manifest:
        """What its package says of itself."""

    @property
    def known_words(self) -> KnownWords | None:
        """Words of the source language that it translates, or None if that is not known."""

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

    def looked_up(self, word: str) -> tuple[str, ...]:
        """Return translations of a word that stands alone, from a dictionary, best first."""

    def subwords(self, translation: Translation) -> list[str]:
        """Return the subwords of `translation`."""

    def align(self, results: Sequence[TranslationResult], *, deadline: float | None = None) -> list[Alignment | None]:
        """Return the alignment of the best translation of each of `results`."""
