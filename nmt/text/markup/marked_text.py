"""Translation of texts with marks: as a whole with the marks placed again, or else piece by piece."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nmt.runtime import Alignment, TranslationResult
from nmt.text.markup.tags import Mark, Stretch, place, stretches_to_link, trimmed
from nmt.text.markup.word_alignment import linked
from nmt.text.protected.parts import Glossary
from nmt.text.protected.spans import Span
from nmt.text.sentence_translator import SentenceTranslator
from nmt.text.sentences import Segment
from nmt.text.steps import Steps, ToAlign
from nmt.text.translated_text import TranslatedSentence, TranslatedText
from nmt.text.translation import translation_steps


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text, and marks that must surround the same words in its translation."""

    text: str
    marks: Sequence[Mark] = ()
    pieces: Sequence[str] = ()
    """Pieces to translate separately if the marks cannot be placed."""
    shown: Mapping[str, str] = field(default_factory=dict)
    """Maps each placeholder of a kept element to the text that a reader sees."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A translation and the position of each mark of its source."""

    text: str
    spans: Sequence[Span]


@dataclass(frozen=True, slots=True)
class TranslatedMarks:
    """Translation of a marked text."""

    parts: tuple[TranslatedText, ...]
    """Translations of the whole text, or of each piece."""
    ranks: tuple[Placed, ...] = ()
    """Translations with marks, best first. Empty if there are no marks or they cannot be placed."""

    def placed(self, rank: int) -> Placed | None:
        """Return the n-th translation with its marks, or the best if there are fewer."""
        return self.ranks[rank if rank < len(self.ranks) else 0] if self.ranks else None


@dataclass(frozen=True, slots=True)
class _Attempt:
    """A translation of a marked text, and what is still needed to place its marks."""

    stretches: list[Stretch]
    to_link: dict[int, TranslationResult | None]
    """Results of the sentences whose links are needed, or None where links are unavailable."""


def marked_steps(
    texts: Sequence[MarkedText],
    translator: SentenceTranslator,
    glossary: Glossary | None = None,
    *,
    split: bool = True,
) -> Steps[list[TranslatedMarks]]:
    """Translate `texts` as a whole. Translate those whose marks cannot be placed piece by piece.

    Without `split`, a text is one sentence.
    """
    literal = {index for index, each in enumerate(texts) if each.marks}
    whole = yield from translation_steps([each.text for each in texts], translator, glossary, literal, split=split)
    found = [TranslatedMarks((each,)) for each in whole]
    marked = {index: trimmed(each.text, each.marks) for index, each in enumerate(texts) if each.marks}
    attempts = {index: _attempts(whole[index], marks) for index, marks in marked.items()}
    results = [result for each in attempts.values() for attempt in each for result in attempt.to_link.values()]
    to_align = list(dict.fromkeys(result for result in results if result is not None))
    alignments: dict[TranslationResult, Alignment | None] = {}
    if to_align:
        yield (work := ToAlign(to_align))
        alignments = dict(zip(to_align, work.alignments, strict=True))
    failed = []
    for index, marks in marked.items():
        best, *others = (_placed(attempt, marks, alignments) for attempt in attempts[index])
        if best is None:
            failed.append(index)
        else:
            shown = _with_shown(whole[index], texts[index].shown)
            found[index] = TranslatedMarks((shown,), (best, *(other or best for other in others)))
    if failed:
        pieces = [piece for index in failed for piece in texts[index].pieces]
        translated = iter((yield from translation_steps(pieces, translator, glossary, split=split)))
        for index in failed:
            found[index] = TranslatedMarks(tuple(next(translated) for _ in texts[index].pieces))
    return found


def _attempts(text: TranslatedText, marks: Sequence[Mark]) -> list[_Attempt]:
    """Return the translations of `text`, best first."""
    return [_attempt(text, marks, rank) for rank in range(max(len(each.candidates) for each in text.sentences))]


def _attempt(text: TranslatedText, marks: Sequence[Mark], rank: int) -> _Attempt:
    stretches: list[Stretch] = []
    results: dict[int, TranslationResult | None] = {}
    for sentence in text.sentences:
        segment, number = sentence.segment, rank if rank < len(sentence.candidates) else 0
        around = Stretch(segment.before, segment.before), Stretch(segment.after, segment.after)
        stretches += [around[0]] if segment.before else []
        if segment.core:
            results[len(stretches)] = _result(sentence, number)
            stretches.append(Stretch(segment.core, sentence.candidates[number]))
        stretches += [around[1]] if segment.after else []
    return _Attempt(stretches, {index: results[index] for index in stretches_to_link(stretches, marks)})


def _result(sentence: TranslatedSentence, number: int) -> TranslationResult | None:
    """Return the model's result for the n-th translation of `sentence`. None if the answer is not that result."""
    if sentence.result is None or sentence.translated_around:
        return None
    return replace(sentence.result, translations=(sentence.result.translations[number],))


def _placed(
    attempt: _Attempt, marks: Sequence[Mark], alignments: Mapping[TranslationResult, Alignment | None]
) -> Placed | None:
    stretches = list(attempt.stretches)
    for index, result in attempt.to_link.items():
        alignment = None if result is None else alignments[result]
        if result is None or alignment is None:
            return None
        source, target = stretches[index].source, stretches[index].target
        links = linked(source, target, result.source, result.text, alignment)
        if links is None:
            return None
        stretches[index] = replace(stretches[index], links=links)
    spans = place(stretches, marks)
    return None if spans is None else Placed("".join(stretch.target for stretch in stretches), spans)


def _read(segment: Segment, read: Callable[[str], str]) -> Segment:
    return replace(segment, before=read(segment.before), core=read(segment.core), after=read(segment.after))


def _with_shown(text: TranslatedText, shown: Mapping[str, str]) -> TranslatedText:
    """Return `text` as a reader sees it, with each placeholder replaced by what it stands for."""
    if not shown:
        return text
    standing = re.compile("|".join(map(re.escape, shown)))

    def read(written: str) -> str:
        return standing.sub(lambda match: shown[match.group()], written)

    return TranslatedText(
        tuple(
            replace(
                sentence,
                segment=_read(sentence.segment, read),
                candidates=tuple(map(read, sentence.candidates)),
            )
            for sentence in text.sentences
        )
    )
