"""Translation of whole texts: splits them, translates and checks the sentences, and reassembles the text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from nmt.decoding import DecodingOptions
from nmt.runtime import Translation, TranslationResult
from nmt.text.accelerators import Label, with_accelerator
from nmt.text.casing import Casing, capitalised, casing_of, in_casing
from nmt.text.messages import escaped, message_pieces
from nmt.text.protected.parts import Glossary, as_in_source, missing_parts, with_targets
from nmt.text.protected.placeholders import Masked
from nmt.text.protected.spans import without_spans
from nmt.text.readings import Way, other_forms, sureness
from nmt.text.repetition import without_repetitions
from nmt.text.sentence_translator import SentenceTranslator
from nmt.text.sentences import Segment, ends_sentence, segments, whole
from nmt.text.settled import Settled, Task, task_of
from nmt.text.steps import Steps, ToTranslate, driven
from nmt.text.translated_text import TranslatedSentence, TranslatedText

_BREAKS = re.compile(r"[\t\n-\r\x1c-\x1e\x85\u2028\u2029]+")
"""A sentence has none, so its translation has none, whatever bytes a model writes."""
_SPACES = re.compile(" {2,}")
_CLAUSE_ENDS = ",\u2013\u2014"
_BESIDE_PARTS = " \t\"'()[]{}<>:;,/-"
"""White space and marks that stay where they are beside a settled part."""


def translate_texts(
    translator: SentenceTranslator, texts: Sequence[str], options: DecodingOptions
) -> list[TranslatedText]:
    """Translate `texts`, waiting for `translator`."""
    return driven(translation_steps(texts, translator), translator, options)


def translation_steps(
    texts: Sequence[str],
    translator: SentenceTranslator,
    glossary: Glossary | None = None,
    literal: Collection[int] = (),
    *,
    split: bool = True,
) -> Steps[list[TranslatedText]]:
    """Translate `texts` from the language of `translator`, using the terms of `glossary`.

    `literal` are the indices of texts without accelerators and branches: their segments give the text. Without `split`,
    a text is one sentence, and only cut where it is too long for one.

    First translate all sentences. Then translate those that lost a protected part or a term again, with stand-ins for
    such parts. Where the stand-ins were lost too, translate the text between the parts separately.
    """
    labels = [
        Label(text) if index in literal else Label.of(text, translator.known_words) for index, text in enumerate(texts)
    ]
    cut = [_segments(label.text, translator, split, index in literal) for index, label in enumerate(labels)]
    settled = Settled(translator, glossary)
    tasks = [task_of(segment, settled) for text in cut for segment in text]
    yield (work := ToTranslate([way.sentence for task in tasks for way in task.ways]))
    results = iter(work.results)
    sentences = [_translated(task, [next(results) for _ in task.ways]) for task in tasks]
    silent = [index for index, task in enumerate(tasks) if task.ways and _is_silent(sentences[index])]
    if silent:
        yield (work := ToTranslate([form for index in silent for form in other_forms(tasks[index].core)]))
        results = iter(work.results)
        for index in silent:
            sentences[index] = _told(tasks[index], [next(results) for _ in other_forms(tasks[index].core)])
    broken = [index for index, task in enumerate(tasks) if _has_lost(task, sentences[index])]
    if broken:
        masked = [_masked(tasks[index], settled) for index in broken]
        yield (work := ToTranslate([each.text for each in masked]))
        for index, mask, result in zip(broken, masked, work.results, strict=True):
            sentences[index] = _unmasked(tasks[index], sentences[index], mask, result)
        broken = [index for index in broken if _has_lost(tasks[index], sentences[index])]
    if broken:
        between = [_between(tasks[index]) for index in broken]
        yield (work := ToTranslate([piece.core for each in between for piece in each if piece.core]))
        results = iter(work.results)
        for index, each in zip(broken, between, strict=True):
            sentences[index] = _around(tasks[index], sentences[index], each, results)
    in_order = map(_in_message, sentences)
    used: dict[str, set[str]] = {mark: set() for mark in "&_~"}
    return [
        _labelled(TranslatedText(tuple(next(in_order) for _ in text)), label, used)
        for text, label in zip(cut, labels, strict=True)
    ]


def _segments(text: str, translator: SentenceTranslator, split: bool, literal: bool) -> list[Segment]:
    """Return the pieces of `text` that are translated separately, which may be the branches of a message."""
    language, subwords = translator.manifest.source, translator.count_subwords
    if not split:
        return whole(text, subwords)
    message = None if literal else message_pieces(text, translator.manifest.target)
    if message is None:
        return segments(text, language, subwords)
    found: list[Segment] = []
    for piece in message:
        inside = segments(piece.text, language, subwords) if piece.is_text else []
        found += [replace(segment, is_in_message=True) for segment in inside] or [Segment(piece.text, "", "")]
    return found


def _in_message(sentence: TranslatedSentence) -> TranslatedSentence:
    """Return `sentence` as it stands in its message, if it stands in one."""
    if not sentence.segment.is_in_message:
        return sentence
    return replace(sentence, candidates=tuple(map(escaped, sentence.candidates)))


def _labelled(text: TranslatedText, label: Label, used: dict[str, set[str]]) -> TranslatedText:
    """Return `text` with the accelerator of its source, whose letter none of `used` has."""
    if not label.mark:
        return text
    sentences = list(text.sentences)
    index = next((index for index, each in enumerate(sentences) if each.segment.core), None)
    if index is not None:
        candidates = with_accelerator(label, sentences[index].candidates, used[label.mark])
        sentences[index] = replace(sentences[index], candidates=candidates)
    return TranslatedText(tuple(sentences))


def _has_lost(task: Task, sentence: TranslatedSentence) -> bool:
    return bool(task.ways) and missing_parts(task.parts, sentence.candidates[0]) > 0


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def _is_silent(sentence: TranslatedSentence) -> bool:
    """Whether the model had nothing to say to a sentence with words."""
    return not _says_something(sentence.candidates[0])


def _told(task: Task, results: Sequence[TranslationResult]) -> TranslatedSentence:
    """Return the first of `results` that says something, or else the sentence as it stood."""
    for result in results:
        sentence = _translated(replace(task, ways=[Way(result.source, casing_of(task.core))]), [result])
        if not _is_silent(sentence):
            return sentence
    return TranslatedSentence(task.segment, (task.segment.core,), results[0])


def _masked(task: Task, settled: Settled) -> Masked:
    """Return the sentence of `task` with stand-ins, as shown to the model."""
    sentence, casing = task.ways[0].sentence, task.ways[0].casing
    parts = settled.parts(sentence, casing)
    if len(parts) == len(task.parts):  # the targets are those of the sentence as written
        parts = [replace(part, target=own.target) for part, own in zip(parts, task.parts, strict=True)]
    return Masked.of(sentence, parts, settled.names.stand_ins if settled.names else ())


def _unmasked(task: Task, sentence: TranslatedSentence, mask: Masked, result: TranslationResult) -> TranslatedSentence:
    """Return `sentence` as translated with stand-ins in `result`, if one of the translations kept them all."""
    for translation in result.translations:
        text, looped = _written(translation, task.core, casing_of(task.core))
        whole = mask.restored(text)
        if whole is not None and not missing_parts(task.parts, whole):
            whole, words = task.untranslated.translated(_with_capital(task, whole))
            kept = replace(result, translations=(translation,))
            fresh = replace(sentence, candidates=(_finished(task, whole),), result=kept, repetition_stopped=looped)
            return replace(fresh, used_stand_ins=True, carried=_names(task), looked_up=words)
    return sentence


def _with_capital(task: Task, text: str) -> str:
    """Return `text`, which may begin with a term, with the initial capital of its source."""
    if task.core[:1].isupper() and any(part.is_term and text.startswith(part.target) for part in task.parts):
        return text[:1].upper() + text[1:]
    return text


def _translated(task: Task, results: Sequence[TranslationResult]) -> TranslatedSentence:
    segment = task.segment
    if not task.ways:
        has_terms = any(part.is_term for part in task.parts)
        text = _with_capital(task, with_targets(task.core, task.parts)) if has_terms else segment.core
        return TranslatedSentence(segment, (text,))
    way, result = max(zip(task.ways, results, strict=True), key=sureness)
    written = [_written(translation, task.core, way.casing) for translation in result.translations]
    if task.core[:1].isupper() and way.sentence[:1].islower():  # a word that the model knows better in lower case
        written = [(capitalised(text), looped) for text, looped in written]
    lost = [missing_parts(task.parts, text) for text, _ in written]
    # If one candidate has all required parts, those that lack some are not alternatives to it.
    whole = [rank for rank, missing in enumerate(lost) if not missing]
    order = whole or sorted(range(len(written)), key=lost.__getitem__)
    order = [rank for rank in order if _says_something(written[rank][0])] or order
    looked_up = [task.untranslated.translated(text) for text, _ in written]
    ranks: dict[str, int] = {}
    for rank in order:
        ranks.setdefault(_finished(task, looked_up[rank][0]), rank)
    known = tuple(_finished(task, text) for text in task.in_dictionary)
    if known and next(iter(ranks)) != known[0]:
        return TranslatedSentence(segment, known, from_dictionary=True)
    chosen = replace(result, translations=tuple(result.translations[rank] for rank in ranks.values()))
    best = order[0]
    return TranslatedSentence(
        segment, tuple(ranks), chosen, repetition_stopped=written[best][1], looked_up=looked_up[best][1]
    )


def _written(translation: Translation, source: str, casing: Casing) -> tuple[str, bool]:
    """Return the text of a translation in its source's casing, and whether a loop was cut off."""
    text, looped = _BREAKS.sub(" ", translation.text), False
    if not _SPACES.search(source):
        text = _SPACES.sub(" ", text)
    if (shorter := without_repetitions(text)) is not None and without_repetitions(source) is None:
        text, looped = shorter, True
    if text.endswith(".") and not text.endswith("..") and not ends_sentence(source[-1:]):
        text = text[:-1] + (source[-1] if source[-1] in _CLAUSE_ENDS else "")
    return in_casing(text, casing), looped


def _between(task: Task) -> list[Segment]:
    """Return the parts of a sentence between the settled parts, each followed by the target of the next one."""
    core = task.core
    found: list[Segment] = []
    start = 0
    for part in [*task.parts, None]:
        between = core[start : part.start if part else len(core)]
        words = between.strip(_BESIDE_PARTS) if any(map(str.isalpha, between)) else ""
        left = between.index(words) if words else len(between)
        found.append(Segment(between[:left], words, between[left + len(words) :] + (part.target if part else "")))
        start = part.end if part else start
    return found


def _around(
    task: Task, sentence: TranslatedSentence, pieces: Sequence[Segment], results: Iterator[TranslationResult]
) -> TranslatedSentence:
    """Assemble `sentence` from the translations of its `pieces`, which come next in `results`."""
    casing = casing_of(task.core)
    translated = [
        _written(next(results).translations[0], piece.core, casing)[0] if piece.core else "" for piece in pieces
    ]
    if pieces[0].core and task.core[:1].isupper():
        translated[0] = capitalised(translated[0])
    for inside in (translated, map(without_spans, translated)):
        text = "".join(piece.before + best + piece.after for piece, best in zip(pieces, inside, strict=True))
        if not missing_parts(task.parts, text):
            text, words = task.untranslated.translated(text)
            candidates = (_finished(task, text),)
            return replace(
                sentence, candidates=candidates, translated_around=True, carried=_names(task), looked_up=words
            )
    return replace(sentence, candidates=(_finished(task, with_targets(task.core, task.parts)),), looked_up=())


def _finished(task: Task, text: str) -> str:
    """Return the translation `text` set like its source."""
    return task.typography.set(as_in_source(task.parts, text))


def _names(task: Task) -> tuple[str, ...]:
    return tuple(part.target for part in task.parts if part.is_name)
