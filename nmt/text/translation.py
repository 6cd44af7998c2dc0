"""Whole texts through a sentence translator: cut, translated, checked, put together as they stood.

The steps are a generator that yields sentences and is sent their translations: whoever drives it may wait for them in
a thread or in an event loop.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from nmt.decoding import DecodingOptions, StopReason
from nmt.runtime import Translation, TranslationResult, Translator
from nmt.text.casing import Casing, as_sentence, casing_of, in_casing
from nmt.text.repetition import without_loops
from nmt.text.segments import Segment, segments
from nmt.text.spans import lost_spans, outside_spans, protected_spans
from nmt.text.stand_ins import Masked

Steps = Generator[list[str], Sequence[TranslationResult], list["TranslatedText"]]
"""Yields sentences, is sent a result for each, and ends with the translated texts."""

_CLAUSE_ENDS = ",\u2013\u2014"
_ENDS = ".!?\u2026:;\u3002\uff01\uff1f"


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """One sentence of a text and how it was translated."""

    segment: Segment
    candidates: tuple[str, ...]
    """Its translations, best first."""
    result: TranslationResult | None = None
    """What the model gave, in the order of `candidates`: with stand-ins if they were used, of the whole sentence if it
    was translated around parts of it. None for a sentence without a letter, which stays as it is."""
    repetition_stopped: bool = False
    """The model repeated itself; the translation ends with the first round."""
    used_stand_ins: bool = False
    """The model lost a protected part, and kept a number that stood in for it."""
    translated_around: bool = False
    """The model lost the stand-in too; what lies between such parts was translated by itself."""

    @property
    def truncated(self) -> bool:
        """Whether the length limit cut the translation."""
        best = self.result.translations[0] if self.result else None
        return best is not None and best.stop_reason is StopReason.LENGTH_LIMIT and not self.repetition_stopped

    @property
    def copied_source(self) -> bool:
        """Whether the translation is the source."""
        return self.result is not None and self.candidates[0] == self.segment.core

    def text(self, rank: int) -> str:
        """Its n-th translation, or the best if there are fewer, between what stands around it."""
        candidate = self.candidates[rank if rank < len(self.candidates) else 0]
        return self.segment.before + candidate + self.segment.after


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """A text's translation, sentence by sentence."""

    sentences: tuple[TranslatedSentence, ...]

    def text(self, rank: int = 0) -> str:
        """The n-th translation of the whole: of the n-th of every sentence."""
        return "".join(sentence.text(rank) for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class _Way:
    """A sentence as it is shown to the model, and how to write what comes back."""

    sentence: str
    casing: Casing


def translate_texts(translator: Translator, texts: Sequence[str], options: DecodingOptions) -> list[TranslatedText]:
    """Translate `texts`, waiting for the translator."""
    steps = translation_steps(texts, translator)
    wanted = next(steps)
    while True:
        try:
            wanted = steps.send(translator.submit(wanted, options, wait=True).result())
        except StopIteration as done:
            translated: list[TranslatedText] = done.value
            return translated


def translation_steps(texts: Sequence[str], translator: Translator) -> Steps:
    """Translate `texts` from the language of `translator`.

    First all sentences; then those that lost a protected part with stand-ins for such parts; and what lies between
    the parts by itself where the stand-ins were lost too.
    """
    cut = [segments(text, translator.manifest.source, translator.count_subwords) for text in texts]
    flat = [segment for text in cut for segment in text]
    ways = [_ways(segment.core) for segment in flat]
    results = iter((yield [way.sentence for each in ways for way in each]))
    sentences = [
        _translated(segment, each, [next(results) for _ in each]) for segment, each in zip(flat, ways, strict=True)
    ]
    broken = [index for index, sentence in enumerate(sentences) if _has_lost(sentence)]
    if broken:
        masked = [Masked.of(ways[index][0].sentence) for index in broken]
        for index, mask, result in zip(broken, masked, (yield [each.text for each in masked]), strict=True):
            sentences[index] = _unmasked(sentences[index], mask, result)
        broken = [index for index in broken if _has_lost(sentences[index])]
    if broken:
        pieces = [_between(sentences[index].segment.core) for index in broken]
        results = iter((yield [piece.core for each in pieces for piece in each if piece.core]))
        for index, each in zip(broken, pieces, strict=True):
            sentences[index] = _around(sentences[index], each, results)
    in_order = iter(sentences)
    return [TranslatedText(tuple(next(in_order) for _ in text)) for text in cut]


def _has_lost(sentence: TranslatedSentence) -> bool:
    return sentence.result is not None and bool(lost_spans(sentence.segment.core, sentence.candidates[0]))


def _unmasked(sentence: TranslatedSentence, mask: Masked, result: TranslationResult) -> TranslatedSentence:
    """`sentence` as `result` translates it with stand-ins, if one of the translations kept them all."""
    source = sentence.segment.core
    for translation in result.translations:
        text, looped = _written(translation, source, casing_of(source))
        if (whole := mask.restored(text)) is not None:
            kept = replace(result, translations=(translation,))
            return replace(sentence, candidates=(whole,), result=kept, repetition_stopped=looped, used_stand_ins=True)
    return sentence


def _ways(core: str) -> list[_Way]:
    """How to show a sentence to the model; none for one without a letter of its own."""
    if not _has_letters(core):
        return []
    casing = casing_of(core)
    if casing is Casing.SENTENCE:
        return [_Way(core, casing)]
    lowered = _Way(as_sentence(core), casing)
    # Capitals may be those of a title or of names: whichever the model is surer of.
    return [lowered] if casing is Casing.CAPITALS else [_Way(core, Casing.SENTENCE), lowered]


def _translated(segment: Segment, ways: Sequence[_Way], results: Sequence[TranslationResult]) -> TranslatedSentence:
    if not ways:
        return TranslatedSentence(segment, (segment.core,))
    way, result = max(zip(ways, results, strict=True), key=lambda tried: tried[1].translations[0].score)
    written = [_written(translation, segment.core, way.casing) for translation in result.translations]
    order = sorted(range(len(written)), key=lambda rank: len(lost_spans(segment.core, written[rank][0])))
    candidates = tuple(dict.fromkeys(written[rank][0] for rank in order))
    chosen = replace(result, translations=tuple(result.translations[rank] for rank in order))
    return TranslatedSentence(segment, candidates, chosen, repetition_stopped=written[order[0]][1])


def _written(translation: Translation, source: str, casing: Casing) -> tuple[str, bool]:
    """The text of a translation as its source is written, and whether a loop was cut off."""
    text, looped = translation.text, False
    if (shorter := without_loops(text)) is not None and without_loops(source) is None:
        text, looped = shorter, True
    if text.endswith(".") and not text.endswith("..") and source[-1:] not in _ENDS:
        text = text[:-1] + (source[-1] if source[-1] in _CLAUSE_ENDS else "")
    return in_casing(text, casing), looped


def _between(core: str) -> list[Segment]:
    """The parts of a sentence between its protected parts, which stand after each of them."""
    found: list[Segment] = []
    start = 0
    for span in [*protected_spans(core), None]:
        part = core[start : span.start if span else len(core)]
        kept = core[span.start : span.end] if span else ""
        words = part.strip() if _has_letters(part) else ""
        left = part.index(words) if words else len(part)
        found.append(Segment(part[:left], words, part[left + len(words) :] + kept))
        start = span.end if span else start
    return found


def _around(
    sentence: TranslatedSentence, pieces: Sequence[Segment], results: Iterator[TranslationResult]
) -> TranslatedSentence:
    """`sentence` put together from the translations of its `pieces`, which come next in `results`."""
    casing = casing_of(sentence.segment.core)
    text = ""
    for piece in pieces:
        best = _written(next(results).translations[0], piece.core, casing)[0] if piece.core else ""
        text += piece.before + best + piece.after
    return replace(sentence, candidates=(text,), translated_around=True)


def _has_letters(text: str) -> bool:
    """Whether there is a letter outside the protected parts."""
    return any(character.isalpha() for part in outside_spans(text) for character in part)
