"""The steps of a text's translation: sentences to translate, and translations to align.

The steps are a generator that yields work and finds it done when it resumes. The driver may wait in a thread or in an
event loop.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from nmt.decoding import DecodingOptions
from nmt.runtime import Alignment, TranslationResult
from nmt.text.sentence_translator import SentenceTranslator

T = TypeVar("T")


@dataclass(slots=True)
class ToTranslate:
    """Sentences to translate."""

    sentences: list[str]
    results: Sequence[TranslationResult] = ()
    """One result per sentence, set by the driver of the steps."""


@dataclass(slots=True)
class ToAlign:
    """Results whose best translation is to be aligned with its source."""

    results: list[TranslationResult]
    alignments: Sequence[Alignment | None] = ()
    """One alignment per result, set by the driver of the steps."""


Steps: TypeAlias = Generator[ToTranslate | ToAlign, None, T]
"""A generator that yields work and returns its outcome."""


def driven(steps: Steps[T], translator: SentenceTranslator, options: DecodingOptions) -> T:
    """Run `steps` to the end, waiting for `translator`, and return their outcome."""
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
