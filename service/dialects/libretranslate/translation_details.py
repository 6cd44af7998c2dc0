"""The translation details of a response."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence

import numpy as np

from nmt.runtime import Alignment, TranslationResult
from nmt.text import SentenceTranslator, TranslatedSentence
from service.dialects.libretranslate.bodies import (
    AttentionAlignment,
    MemoryMatch,
    SentenceDetails,
    Subword,
    TextDetails,
)
from service.translating.answerer import Answer
from service.translating.executor import aligned

_MAX_WEIGHTS = 1_000_000
"""Maximum number of weights in all alignments of a request: what 2,500 everyday sentences have, 6 MB of JSON."""
Alignments = dict[TranslationResult, Alignment | None]


async def details_of(answers: Sequence[Answer], deadline: float) -> list[TextDetails | None]:
    """Return the details of each text of `answers`, or None for a text that was not translated.

    Runs in other threads to keep the event loop free. `deadline` is on the monotonic clock. Raises
    DeadlineExceeded.
    """
    alignments: Alignments = {}
    for translator, results in _to_align(answers).items():
        alignments |= zip(results, await aligned(translator, results, deadline), strict=True)
    return await asyncio.to_thread(lambda: [_text_details(each, alignments) for each in answers])


def _to_align(answers: Sequence[Answer]) -> dict[SentenceTranslator, list[TranslationResult]]:
    """Return the sentences to align, in order, up to the limit of a request."""
    found: dict[SentenceTranslator, list[TranslationResult]] = {}
    weights = 0
    for each in answers:
        for result in (sentence.result for sentence in _sentences(each)):
            if each.translator is None or result is None:
                continue
            weights += len(result.translations[0].token_log_probs) * (result.source_subwords + 1)
            if weights > _MAX_WEIGHTS:
                return found
            found.setdefault(each.translator, []).append(result)
    return found


def _sentences(answer: Answer) -> Iterator[TranslatedSentence]:
    return (sentence for part in answer.parts for sentence in part.sentences if sentence.segment.core)


def _text_details(answer: Answer, alignments: Alignments) -> TextDetails | None:
    if answer.translator is None:
        return None
    manifest = answer.translator.manifest
    return TextDetails(
        model=manifest.name,
        version=manifest.version,
        from_memory=answer.from_memory,
        memory=[
            MemoryMatch(percent=match.percent, source=match.source, translation=match.target)
            for match in answer.matches
        ],
        sentences=[_sentence_details(answer.translator, each, alignments) for each in _sentences(answer)],
    )


def _sentence_details(
    translator: SentenceTranslator, sentence: TranslatedSentence, alignments: Alignments
) -> SentenceDetails:
    result = sentence.result
    best = result.translations[0] if result else None
    subwords = zip(translator.subwords(best), best.token_log_probs, strict=True) if best else ()
    return SentenceDetails(
        source=sentence.segment.core,
        translation=sentence.candidates[0],
        score=best.score if best else None,
        subwords=[Subword(piece=piece, probability=math.exp(log_prob)) for piece, log_prob in subwords],
        alignment=_attention(alignments.get(result)) if result else None,
        truncated=sentence.truncated,
        repetition_stopped=sentence.repetition_stopped,
        used_stand_ins=sentence.used_stand_ins,
        carried=list(sentence.carried),
        looked_up=list(sentence.looked_up),
        from_dictionary=sentence.from_dictionary,
        translated_around=sentence.translated_around,
        copied_source=sentence.copied_source,
        unknown_pieces=result.byte_fallbacks if result else 0,
        queued_milliseconds=result.queued_milliseconds if result else 0.0,
        decoding_milliseconds=result.decoding_milliseconds if result else 0.0,
    )


def _attention(alignment: Alignment | None) -> AttentionAlignment | None:
    if alignment is None:
        return None
    weights = np.round(alignment.weights.astype(np.float64), 3).tolist()
    return AttentionAlignment(source=alignment.source, target=alignment.target, weights=weights)
