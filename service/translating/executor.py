"""The steps of translations, driven from the event loop: at the pace of a request or of a document."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from nmt.decoding import DecodingOptions
from nmt.errors import Overloaded, TranslatorClosed
from nmt.runtime import Alignment, TranslationResult, Translator
from nmt.text import Steps, ToAlign, ToTranslate

_ALIGNED_AT_ONCE = 32
"""Sentences between two looks whether the client is still there."""
_FULL_SECONDS = 0.2
"""How long a document waits for the queue to have room."""
Tell = Callable[[float], None]
"""Is told how much is done, from 0 to 1."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a translator is asked."""

    sentences_at_once: int
    deadline: float | None
    """On the monotonic clock."""
    tell: Tell | None = None
    """With it there is no hurry: a full queue is waited for."""


async def beside(work: Callable[[], T], in_a_thread: bool) -> T:
    """Return the result of `work`, run in a thread when it would block the event loop."""
    return await asyncio.to_thread(work) if in_a_thread else work()


async def driven(steps: Steps[T], translator: Translator, options: DecodingOptions, pace: Pace, in_a_thread: bool) -> T:
    """Return the result of `steps`. `in_a_thread`: run their own work, cutting and joining, in a thread."""
    advanced = await beside(partial(_advance, steps), in_a_thread)
    while not isinstance(advanced, _Done):
        if isinstance(advanced, ToAlign):
            advanced.alignments = await aligned(translator, advanced.results, pace.deadline)
        else:
            advanced.results = await _translations(translator, advanced.sentences, options, pace)
        advanced = await beside(partial(_advance, steps), in_a_thread)
    return advanced.outcome


@dataclass(frozen=True, slots=True)
class _Done(Generic[T]):
    """What steps ended with."""

    outcome: T


def _advance(steps: Steps[T]) -> ToTranslate | ToAlign | _Done[T]:
    """Return the next request of `steps`, or their result."""
    try:
        return next(steps)
    except StopIteration as done:
        return _Done(done.value)


async def _translations(
    translator: Translator, sentences: Sequence[str], options: DecodingOptions, pace: Pace
) -> list[TranslationResult]:
    results: list[TranslationResult] = []
    while len(results) < len(sentences):
        some = sentences[len(results) : len(results) + pace.sentences_at_once]
        try:
            reply = translator.submit(some, options, deadline=pace.deadline)
        except Overloaded as full:
            if pace.tell is None or isinstance(full, TranslatorClosed):
                raise
            await asyncio.sleep(_FULL_SECONDS)
            continue
        done = await asyncio.wrap_future(reply)  # cancelled, it cancels the reply
        results += done
        if pace.tell:
            pace.tell(len(results) / len(sentences))
    return results


async def aligned(
    translator: Translator, results: Sequence[TranslationResult], deadline: float | None
) -> list[Alignment | None]:
    """What `results` attended to, from other threads. `deadline` on the monotonic clock: raises DeadlineExceeded."""
    alignments: list[Alignment | None] = []
    for start in range(0, len(results), _ALIGNED_AT_ONCE):
        part = results[start : start + _ALIGNED_AT_ONCE]
        alignments += await asyncio.to_thread(translator.align, part, deadline=deadline)
    return alignments
