"""What a text's translation asks for, step by step: sentences to be translated, translations to be aligned.

The steps are a generator that yields work and finds it done when it goes on: whoever drives it may wait in a thread or
in an event loop.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from nmt.decoding import DecodingOptions
from nmt.runtime import Alignment, TranslationResult, Translator

T = TypeVar("T")


@dataclass(slots=True)
class ToTranslate:
    """Sentences to be translated."""

    sentences: list[str]
    results: Sequence[TranslationResult] = ()
    """One for each of them, from whoever drives the steps."""


@dataclass(slots=True)
class ToAlign:
    """Results whose best translation is to be aligned with its source."""

    results: list[TranslationResult]
    alignments: Sequence[Alignment | None] = ()
    """One for each of them, from whoever drives the steps."""


Steps: TypeAlias = Generator[ToTranslate | ToAlign, None, T]
"""Yields work, and ends with what came of it."""


def driven(steps: Steps[T], translator: Translator, options: DecodingOptions) -> T:
    """What `steps` end with, waiting for `translator`."""
    while True:
        try:
            work = next(steps)
        except StopIteration as done:
            outcome: T = done.value
            return outcome
        if isinstance(work, ToAlign):
            work.alignments = translator.align(work.results)
        else:
            work.results = translator.submit(work.sentences, options, wait=True).result()
