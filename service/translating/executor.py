"""Run the steps of translations from the event loop, at the pace of a request or of a document."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from nmt.decoding import DecodingOptions
from nmt.errors import Overloaded, TranslatorClosed
from nmt.runtime import Alignment, TranslationResult
from nmt.text import SentenceTranslator, Steps, ToAlign, ToTranslate
from service.translating.sentence_cache import SentenceCache

_ALIGNED_AT_ONCE = 32
"""Sentences aligned between two checks for a client disconnect."""
_FULL_SECONDS = 0.2
"""How long a document waits before it retries a full queue."""
ProgressCallback = Callable[[float], None]
"""Progress callback. Its argument is the fraction done, from 0 to 1."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast sentences are submitted to a translator."""

    sentences_at_once: int
    deadline: float | None
    """Time on the monotonic clock; None for no deadline."""
    tell: ProgressCallback | None = None
    """Progress callback of a document, which retries a full queue instead of raising Overloaded."""


async def beside(work: Callable[[], T], in_a_thread: bool) -> T:
    """Return the result of `work`. Set `in_a_thread` if it would block the event loop."""
    return await asyncio.to_thread(work) if in_a_thread else work()


async def driven(
    steps: Steps[T],
    translator: SentenceTranslator,
    options: DecodingOptions,
    pace: Pace,
    cache: SentenceCache,
    in_a_thread: bool,
) -> T:
    """Run `steps` and return their result. `in_a_thread`: split and reassemble texts in a thread."""
    advanced = await beside(partial(_advance, steps), in_a_thread)
    while not isinstance(advanced, _Done):
        if isinstance(advanced, ToAlign):
            advanced.alignments = await aligned(translator, advanced.results, pace.deadline)
        else:
            advanced.results = await _known_or_translated(translator, advanced.sentences, options, pace, cache)
        advanced = await beside(partial(_advance, steps), in_a_thread)
    return advanced.outcome


@dataclass(frozen=True, slots=True)
class _Done(Generic[T]):
    """The result of finished steps."""

    outcome: T


def _advance(steps: Steps[T]) -> ToTranslate | ToAlign | _Done[T]:
    """Return the next request of `steps`, or their result."""
    try:
        return next(steps)
    except StopIteration as done:
        return _Done(done.value)


async def _known_or_translated(
    translator: SentenceTranslator, sentences: Sequence[str], options: DecodingOptions, pace: Pace, cache: SentenceCache
) -> list[TranslationResult]:
    version = translator.manifest.version
    known = cache.find(version, options, sentences)
    results = await _translations(translator, [each for each in sentences if each not in known], options, pace)
    cache.keep(version, options, results)
    fresh = iter(results)
    return [known[each] if each in known else next(fresh) for each in sentences]


async def _translations(
    translator: SentenceTranslator, sentences: Sequence[str], options: DecodingOptions, pace: Pace
) -> list[TranslationResult]:
    results: list[TranslationResult] = []
    while len(results) < len(sentences):
        some = sentences[len(results) : len(results) + pace.sentences_at_once]
        try:
            reply = translator.submit(some, options, deadline=pace.deadline)
            done = await asyncio.wrap_future(reply)  # cancelling this await cancels the reply
        except Overloaded as full:  # the second of two translators says so only later
            if pace.tell is None or isinstance(full, TranslatorClosed):
                raise
            await asyncio.sleep(_FULL_SECONDS)
            continue
        results += done
        if pace.tell:
            pace.tell(len(results) / len(sentences))
    return results


async def aligned(
    translator: SentenceTranslator, results: Sequence[TranslationResult], deadline: float | None
) -> list[Alignment | None]:
    """Return the alignment of each of `results`, computed in threads. Raises DeadlineExceeded after `deadline`."""
    alignments: list[Alignment | None] = []
    for start in range(0, len(results), _ALIGNED_AT_ONCE):
        part = results[start : start + _ALIGNED_AT_ONCE]
        alignments += await asyncio.to_thread(translator.align, part, deadline=deadline)
    return alignments
