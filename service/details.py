"""What an answer says of how it came about."""

from __future__ import annotations

import math

from nmt.runtime import Translator
from nmt.text import TranslatedSentence
from service.schemas import SentenceDetails, Subword, TextDetails
from service.translation import Answer


def text_details(answer: Answer) -> TextDetails | None:
    """How the text of `answer` was translated; None if it was not."""
    if answer.translator is None:
        return None
    manifest = answer.translator.manifest
    sentences = [
        _sentence_details(answer.translator, sentence)
        for part in answer.parts
        for sentence in part.sentences
        if sentence.segment.core
    ]
    return TextDetails(
        model=manifest.name, version=manifest.version, from_memory=answer.from_memory, sentences=sentences
    )


def _sentence_details(translator: Translator, sentence: TranslatedSentence) -> SentenceDetails:
    result = sentence.result
    best = result.translations[0] if result else None
    subwords = zip(translator.subwords(best), best.token_log_probs, strict=True) if best else ()
    return SentenceDetails(
        source=sentence.segment.core,
        translation=sentence.candidates[0],
        score=best.score if best else None,
        subwords=[Subword(piece=piece, probability=math.exp(log_prob)) for piece, log_prob in subwords],
        truncated=sentence.truncated,
        repetition_stopped=sentence.repetition_stopped,
        used_stand_ins=sentence.used_stand_ins,
        translated_around=sentence.translated_around,
        copied_source=sentence.copied_source,
        unknown_pieces=result.byte_fallbacks if result else 0,
        queued_milliseconds=result.queued_milliseconds if result else 0.0,
        decoding_milliseconds=result.decoding_milliseconds if result else 0.0,
    )
