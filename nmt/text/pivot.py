"""Translation through a third language, by two translators in a row."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from nmt.decoding import DecodingOptions, StopReason
from nmt.errors import NmtError
from nmt.runtime import Alignment, KnownWords, Manifest, Translation, TranslationResult
from nmt.text.repetition import without_repetitions
from nmt.text.sentence_translator import SentenceTranslator, WordTranslations

READINGS = 2
"""Translations of the first leg that the second one translates. docs/quality.md compares 1, 2 and 4."""


@dataclass(frozen=True, slots=True)
class PivotTranslation(Translation):
    """A translation of a translation. Its score and its log probability are the sums of both legs'."""

    legs: tuple[Translation, Translation] = field(kw_only=True)
    """The translation of the first leg, and that of the second."""


@dataclass(frozen=True, slots=True)
class PivotDictionary:
    """What the second leg's dictionary has for what the first leg's has."""

    first: WordTranslations
    second: WordTranslations

    def translations(self, word: str) -> tuple[str, ...]:
        """Return the translations of `word`, those of the first leg's best one first."""
        found = (text for between in self.first.translations(word) for text in self.second.translations(between))
        return tuple(dict.fromkeys(found))

    def is_translated(self, word: str) -> bool:
        """Return whether translations of the first leg hardly ever have `word` as it is."""
        return self.first.is_translated(word)


class Pivot:
    """Translates with `first` and its translations with `second`. Safe to use from many threads."""

    def __init__(self, first: SentenceTranslator, second: SentenceTranslator, readings: int = READINGS) -> None:
        """`first` translates to the language that `second` translates from."""
        self.first = first
        self.second = second
        self._readings = readings
        legs = first.manifest, second.manifest
        self.manifest: Manifest = legs[0].model_copy(
            update={
                "name": " + ".join(leg.name for leg in legs),
                "target": legs[1].target,
                "files": {f"{leg.name}/{name}": digest for leg in legs for name, digest in leg.files.items()},
            }
        )
        """The first leg's, with the name, the target and the files of both, and so a version of its own."""

    @property
    def known_words(self) -> KnownWords | None:
        """Words of the source language that the first leg translates."""
        return self.first.known_words

    @property
    def dictionary(self) -> WordTranslations:
        """The dictionaries of both legs, one after the other."""
        return PivotDictionary(self.first.dictionary, self.second.dictionary)

    def options(
        self, *, beam_size: int | None = None, n_best: int = 1, max_length: int | None = None
    ) -> DecodingOptions:
        """Return the decoding defaults of the second leg, overridden by a request's settings.

        Raises OptionOutOfRange.
        """
        return self.second.options(beam_size=beam_size, n_best=n_best, max_length=max_length)

    def submit(
        self, texts: Sequence[str], options: DecodingOptions, *, deadline: float | None = None, wait: bool = False
    ) -> Future[list[TranslationResult]]:
        """Queue `texts` for the first leg, and its best translations for the second one.

        Of the resulting translations those are kept whose scores in both legs add up to most. Cancelling the future
        cancels the leg in progress. Raises what `Translator.submit` raises. The future does so for the second leg.
        """
        reply: Future[list[TranslationResult]] = Future()
        readings = replace(options, n_best=min(self._readings, options.beam_size))
        leading = self.first.submit(texts, readings, deadline=deadline, wait=wait)
        _cancel_with(reply, leading)

        def go_on(done: Future[list[TranslationResult]]) -> None:  # in the thread that completes the first leg
            if not _is_answered(done, reply):
                return
            firsts = done.result()
            pivots = [
                _readable(replace(each, translations=(reading,))) for each in firsts for reading in each.translations
            ]
            try:
                following = self.second.submit(pivots, options, deadline=deadline)
            except NmtError as error:
                _answer(reply, error)
                return
            _cancel_with(reply, following)
            following.add_done_callback(
                lambda other: (
                    _answer(reply, _joined(firsts, other.result(), options.n_best))
                    if _is_answered(other, reply)
                    else None
                )
            )

        leading.add_done_callback(go_on)
        return reply

    def count_subwords(self, text: str) -> int:
        """Return the number of subwords that the first leg reads for `text`."""
        return self.first.count_subwords(text)

    def spells(self, character: str) -> bool:
        """Return whether the first leg reads `character` as itself."""
        return self.first.spells(character)

    def subwords(self, translation: Translation) -> list[str]:
        """Return the subwords of `translation` as the second leg writes them."""
        return self.second.subwords(_legs(translation)[1])

    def align(self, results: Sequence[TranslationResult], *, deadline: float | None = None) -> list[Alignment | None]:
        """Return the alignment of the best translation of each of `results`: the product of both legs' alignments.

        The alignment is None where that of a leg is. Raises DeadlineExceeded.
        """
        legs = [_legs(result.translations[0]) for result in results]
        firsts = [TranslationResult(result.source, (leg[0],)) for result, leg in zip(results, legs, strict=True)]
        seconds = [TranslationResult(_readable(first), (leg[1],)) for first, leg in zip(firsts, legs, strict=True)]
        several = zip(
            self.first.align(firsts, deadline=deadline), self.second.align(seconds, deadline=deadline), strict=True
        )
        return [composed(first, second) if first and second else None for first, second in several]


def composed(first: Alignment, second: Alignment) -> Alignment:
    """Return the alignment of what `second` wrote to what `first` read.

    With the weights A (M', S) of the first leg, B (T, M) of the second, and P (M, M') that spreads a subword which the
    second leg reads over those that the first one wrote at the same place, the weights are B P A (T, S).
    """
    weights = second.weights @ shared(second.source, first.target) @ first.weights
    return Alignment(first.source, second.target, weights.astype(np.float32))


def shared(read: Sequence[str], written: Sequence[str]) -> NDArray[np.float64]:
    """Return which share of each subword of `read` (M) stands where each subword of `written` (N) does, (M, N).

    Both are subwords of one text, which two vocabularies may divide differently. Each row sums to 1.
    """
    ours, theirs = _places(read), _places(written)
    overlap = np.minimum(ours[:, 1:], theirs[:, 1:].T) - np.maximum(ours[:, :1], theirs[:, :1].T)  # (M, N)
    found = np.maximum(overlap, 0.0)
    sums = found.sum(1, keepdims=True)
    spread: NDArray[np.float64] = np.divide(found, sums, out=np.full_like(found, 1.0 / len(written)), where=sums > 0.0)
    return spread


def _places(subwords: Sequence[str]) -> NDArray[np.float64]:
    """Return the start and the end of each of M subwords in their text, as shares of its length, (M, 2)."""
    lengths = [max(1, 1 if each.startswith("<") else len(each)) for each in subwords]  # <END> and <0xC3> are one each
    ends = np.array([0, *accumulate(lengths)]) / sum(lengths)
    return np.stack([ends[:-1], ends[1:]], axis=1)


def _readable(result: TranslationResult) -> str:
    """Return the best translation of `result`, without rounds of a loop that its source does not have."""
    shorter = without_repetitions(result.text)
    return result.text if shorter is None or without_repetitions(result.source) is not None else shorter


def _joined(
    firsts: Sequence[TranslationResult], seconds: Sequence[TranslationResult], n_best: int
) -> list[TranslationResult]:
    """Return a result for each of `firsts`. `seconds` are those of all their translations, in order."""
    following = iter(seconds)
    joined = []
    for first in firsts:
        several = [(reading, next(following)) for reading in first.translations]
        found = [_translation(reading, own) for reading, second in several for own in second.translations]
        found.sort(key=lambda translation: -translation.score)
        distinct = {translation.text: translation for translation in reversed(found)}  # the best of each text
        best = sorted(distinct.values(), key=lambda translation: -translation.score)[:n_best]
        joined.append(
            replace(
                first,
                translations=tuple(best),
                queued_milliseconds=first.queued_milliseconds + max(each.queued_milliseconds for _, each in several),
                decoding_milliseconds=first.decoding_milliseconds
                + max(each.decoding_milliseconds for _, each in several),
            )
        )
    return joined


def _translation(reading: Translation, own: Translation) -> PivotTranslation:
    return PivotTranslation(
        own.text,
        reading.score + own.score,
        reading.log_prob + own.log_prob,
        own.stop_reason if reading.stop_reason is StopReason.END else reading.stop_reason,
        own.token_log_probs,
        own.tokens,
        legs=(reading, own),
    )


def _legs(translation: Translation) -> tuple[Translation, Translation]:
    if not isinstance(translation, PivotTranslation):
        raise TypeError(f"{translation} is not a translation of a pivot")
    return translation.legs


def _cancel_with(reply: Future[list[TranslationResult]], leg: Future[list[TranslationResult]]) -> None:
    reply.add_done_callback(lambda done: leg.cancel() if done.cancelled() else None)


def _is_answered(leg: Future[list[TranslationResult]], reply: Future[list[TranslationResult]]) -> bool:
    """Whether `leg` has results that `reply` waits for. If it has failed, `reply` fails too."""
    if reply.done() or leg.cancelled():
        return False
    if (error := leg.exception()) is not None:
        _answer(reply, error)
        return False
    return True


def _answer(reply: Future[list[TranslationResult]], outcome: list[TranslationResult] | BaseException) -> None:
    """Set the outcome of `reply`, unless it was cancelled."""
    if not reply.set_running_or_notify_cancel():
        return
    if isinstance(outcome, BaseException):
        reply.set_exception(outcome)
    else:
        reply.set_result(outcome)
