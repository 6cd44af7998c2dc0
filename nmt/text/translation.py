"""Translation of whole texts: splits them, translates and checks the sentences, and reassembles the text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nmt.decoding import DecodingOptions, StopReason
from nmt.runtime import Translation, TranslationResult
from nmt.text.casing import Casing, as_sentence, casing_of, in_casing
from nmt.text.protected.names import UnknownNames
from nmt.text.protected.parts import Glossary, Part, missing_parts, overlap, protected_parts, with_targets
from nmt.text.protected.placeholders import Masked
from nmt.text.repetition import without_repetitions
from nmt.text.sentence_translator import SentenceTranslator
from nmt.text.sentences import Segment, segments, whole
from nmt.text.steps import Steps, ToTranslate, driven

_CLAUSE_ENDS = ",\u2013\u2014"
_COMMAS = frozenset(",\u060c\u3001\uff0c\u104a")
"""Of Latin, Arabic, Chinese, full-width and Burmese text: punctuation that does not end a sentence."""


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """A sentence of a text and its translation."""

    segment: Segment
    candidates: tuple[str, ...]
    """Translations of the sentence, best first."""
    result: TranslationResult | None = None
    """The model's result for the whole sentence, in the order of `candidates`. Contains stand-ins if they were used,
    and covers the whole sentence even if it was translated around parts of it. None for a sentence without a letter,
    which stays unchanged."""
    repetition_stopped: bool = False
    """Whether the model repeated itself. The translation then ends with the first round."""
    used_stand_ins: bool = False
    """Whether the model lost a protected part, a term or a name, and kept the number or name that stood in for it."""
    carried: tuple[str, ...] = ()
    """Names that the model does not know and lost, and that were carried through by stand-ins or around it."""
    translated_around: bool = False
    """Whether the model also lost the stand-in. The text between such parts was then translated separately."""

    @property
    def truncated(self) -> bool:
        """Whether the length limit cut the translation."""
        best = self.result.translations[0] if self.result else None
        return best is not None and best.stop_reason is StopReason.LENGTH_LIMIT and not self.repetition_stopped

    @property
    def copied_source(self) -> bool:
        """Whether the translation equals the source."""
        return self.result is not None and self.candidates[0] == self.segment.core

    def text(self, rank: int) -> str:
        """Return the n-th translation, or the best if there are fewer, with the text around it."""
        candidate = self.candidates[rank if rank < len(self.candidates) else 0]
        return self.segment.before + candidate + self.segment.after


@dataclass(frozen=True, slots=True)
class TranslatedText:
    """Translation of a text, sentence by sentence."""

    sentences: tuple[TranslatedSentence, ...]

    def text(self, rank: int = 0) -> str:
        """Return the n-th translation of the whole text, made of the n-th translation of every sentence."""
        return "".join(sentence.text(rank) for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class _Way:
    """A form of the sentence that is shown to the model, and how to convert the model's output."""

    sentence: str
    casing: Casing


@dataclass(frozen=True, slots=True)
class _Task:
    """A sentence and the parts of its translation that are settled."""

    segment: Segment
    parts: list[Part]
    ways: list[_Way]


def translate_texts(
    translator: SentenceTranslator, texts: Sequence[str], options: DecodingOptions
) -> list[TranslatedText]:
    """Translate `texts`, waiting for `translator`."""
    return driven(translation_steps(texts, translator), translator, options)


def translation_steps(
    texts: Sequence[str], translator: SentenceTranslator, glossary: Glossary | None = None, *, split: bool = True
) -> Steps[list[TranslatedText]]:
    """Translate `texts` from the language of `translator`, using the terms of `glossary`.

    Without `split`, a text is one sentence, and only cut where it is too long for one.

    First translate all sentences. Then translate those that lost a protected part or a term again, with stand-ins for
    such parts. Where the stand-ins were lost too, translate the text between the parts separately.
    """
    language, subwords = translator.manifest.source, translator.count_subwords
    cut = [segments(text, language, subwords) if split else whole(text, subwords) for text in texts]
    known = translator.known_words
    names = None if known is None else UnknownNames(known, translator.manifest.source)
    tasks = [_task(segment, glossary, names) for text in cut for segment in text]
    yield (work := ToTranslate([way.sentence for task in tasks for way in task.ways]))
    results = iter(work.results)
    sentences = [_translated(task, [next(results) for _ in task.ways]) for task in tasks]
    broken = [index for index, task in enumerate(tasks) if _has_lost(task, sentences[index])]
    if broken:
        masked = [_masked(tasks[index], glossary, names) for index in broken]
        yield (work := ToTranslate([each.text for each in masked]))
        for index, mask, result in zip(broken, masked, work.results, strict=True):
            sentences[index] = _unmasked(tasks[index], sentences[index], mask, result)
        broken = [index for index in broken if _has_lost(tasks[index], sentences[index])]
    if broken:
        pieces = [_between(tasks[index]) for index in broken]
        yield (work := ToTranslate([piece.core for each in pieces for piece in each if piece.core]))
        results = iter(work.results)
        for index, each in zip(broken, pieces, strict=True):
            sentences[index] = _around(tasks[index], sentences[index], each, results)
    in_order = iter(sentences)
    return [TranslatedText(tuple(next(in_order) for _ in text)) for text in cut]


def _task(segment: Segment, glossary: Glossary | None, names: UnknownNames | None) -> _Task:
    casing = casing_of(segment.core)
    parts = _parts(segment.core, casing, glossary, names)
    if casing is Casing.CAPITALS:
        parts = [replace(part, target=part.target.upper()) if part.is_term else part for part in parts]
    has_words = any(map(str.isalpha, with_targets(segment.core, [replace(part, target="") for part in parts])))
    return _Task(segment, parts, _ways(segment.core, casing) if has_words else [])


def _has_lost(task: _Task, sentence: TranslatedSentence) -> bool:
    return bool(task.ways) and missing_parts(task.parts, sentence.candidates[0]) > 0


def _masked(task: _Task, glossary: Glossary | None, names: UnknownNames | None) -> Masked:
    """Return the sentence of `task` with stand-ins, as shown to the model."""
    sentence, casing = task.ways[0].sentence, task.ways[0].casing
    parts = _parts(sentence, casing, glossary, names)
    if len(parts) == len(task.parts):  # the targets are those of the sentence as written
        parts = [replace(part, target=own.target) for part, own in zip(parts, task.parts, strict=True)]
    return Masked.of(sentence, parts, names.stand_ins if names else ())


def _parts(sentence: str, casing: Casing, glossary: Glossary | None, names: UnknownNames | None) -> list[Part]:
    """Return the parts of `sentence` with a fixed translation. Where capitals tell nothing there are no names."""
    parts = protected_parts(sentence, glossary, any_case=casing is Casing.CAPITALS)
    if casing is not Casing.SENTENCE or names is None:
        return parts
    found = [name for name in names.of(sentence) if not any(overlap(name, part) for part in parts)]
    return sorted([*parts, *found], key=lambda part: part.start)


def _unmasked(task: _Task, sentence: TranslatedSentence, mask: Masked, result: TranslationResult) -> TranslatedSentence:
    """Return `sentence` as translated with stand-ins in `result`, if one of the translations kept them all."""
    source = sentence.segment.core
    for translation in result.translations:
        text, looped = _written(translation, source, casing_of(source))
        if (whole := mask.restored(text)) is not None:
            whole = _with_capital(task, whole)
            kept = replace(result, translations=(translation,))
            fresh = replace(sentence, candidates=(whole,), result=kept, repetition_stopped=looped)
            return replace(fresh, used_stand_ins=True, carried=_names(task))
    return sentence


def _with_capital(task: _Task, text: str) -> str:
    """Return `text`, which may begin with a term, with the initial capital of its source."""
    if task.segment.core[:1].isupper() and any(part.is_term and text.startswith(part.target) for part in task.parts):
        return text[:1].upper() + text[1:]
    return text


def _ways(core: str, casing: Casing) -> list[_Way]:
    """Return the forms in which to show a sentence to the model."""
    if casing is Casing.SENTENCE:
        return [_Way(core, casing)]
    lowered = _Way(as_sentence(core), casing)
    # Capitals may mark a title or names. Use whichever form the model is surer of.
    return [lowered] if casing is Casing.CAPITALS else [_Way(core, Casing.SENTENCE), lowered]


def _translated(task: _Task, results: Sequence[TranslationResult]) -> TranslatedSentence:
    segment = task.segment
    if not task.ways:
        return TranslatedSentence(segment, (_with_capital(task, with_targets(segment.core, task.parts)),))
    way, result = max(zip(task.ways, results, strict=True), key=lambda tried: tried[1].translations[0].score)
    written = [_written(translation, segment.core, way.casing) for translation in result.translations]
    lost = [missing_parts(task.parts, text) for text, _ in written]
    # If one candidate has all required parts, those that lack some are not alternatives to it.
    whole = [rank for rank, missing in enumerate(lost) if not missing]
    order = whole or sorted(range(len(written)), key=lost.__getitem__)
    ranks: dict[str, int] = {}
    for rank in order:
        ranks.setdefault(written[rank][0], rank)
    chosen = replace(result, translations=tuple(result.translations[rank] for rank in ranks.values()))
    return TranslatedSentence(segment, tuple(ranks), chosen, repetition_stopped=written[order[0]][1])


def _written(translation: Translation, source: str, casing: Casing) -> tuple[str, bool]:
    """Return the text of a translation in its source's casing, and whether a loop was cut off."""
    text, looped = translation.text, False
    if (shorter := without_repetitions(text)) is not None and without_repetitions(source) is None:
        text, looped = shorter, True
    if text.endswith(".") and not text.endswith("..") and not _ends_sentence(source[-1:]):
        text = text[:-1] + (source[-1] if source[-1] in _CLAUSE_ENDS else "")
    return in_casing(text, casing), looped


def _ends_sentence(character: str) -> bool:
    """Whether a sentence that ends in `character` has a full stop of its own, in whatever script."""
    if character.isascii():
        return character in {".", "!", "?", ":", ";"}
    return unicodedata.category(character) == "Po" and character not in _COMMAS


def _between(task: _Task) -> list[Segment]:
    """Return the parts of a sentence between the settled parts, each followed by the target of the next one."""
    core = task.segment.core
    found: list[Segment] = []
    start = 0
    for part in [*task.parts, None]:
        between = core[start : part.start if part else len(core)]
        words = between.strip() if any(map(str.isalpha, between)) else ""
        left = between.index(words) if words else len(between)
        found.append(Segment(between[:left], words, between[left + len(words) :] + (part.target if part else "")))
        start = part.end if part else start
    return found


def _around(
    task: _Task, sentence: TranslatedSentence, pieces: Sequence[Segment], results: Iterator[TranslationResult]
) -> TranslatedSentence:
    """Assemble `sentence` from the translations of its `pieces`, which come next in `results`."""
    casing = casing_of(sentence.segment.core)
    text = ""
    for piece in pieces:
        best = _written(next(results).translations[0], piece.core, casing)[0] if piece.core else ""
        text += piece.before + best + piece.after
    return replace(sentence, candidates=(text,), translated_around=True, carried=_names(task))


def _names(task: _Task) -> tuple[str, ...]:
    return tuple(part.target for part in task.parts if part.is_name)
