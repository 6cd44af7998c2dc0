"""Translate the texts of a request: detect their languages, split, translate and reassemble them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from nmt.errors import EmptyText, OptionOutOfRange, RequestError, TextTooLong
from nmt.runtime import Translator
from nmt.text import Glossary, MarkedText, Markup, TranslatedMarks, TranslatedText, marked_steps
from service.settings import Settings
from service.translating.detection import Detected, chosen
from service.translating.executor import Pace, ProgressCallback, beside, driven
from service.translating.glossary_store import Glossaries
from service.translating.request import TranslateRequest
from service.translating.suggestions import SuggestionStore
from service.translating.translators import Translators

AUTO = "auto"
"""The source language of a text whose language is to be detected."""

_SENTENCES_AT_ONCE = 256
"""Maximum number of queued sentences per request, so that no single request can fill the queue."""
_SENTENCES_OF_DOCUMENT = 64
"""Maximum number of queued sentences per document, so that it hardly delays the requests."""
_LONG = 2000
"""Longer texts, in characters, are split in a thread. This many take one or two milliseconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The translations of one text of a request."""

    texts: list[str]
    """Distinct translations, best first."""
    translator: Translator | None = None
    """None if the text is already in the target language and was left unchanged."""
    parts: Sequence[TranslatedText] = ()
    """The translation of the whole text, or with format html of each of its blocks or texts between tags."""
    detected: Detected | None = None
    """The detected language, if the request asked for detection."""
    from_memory: bool = False
    """Whether the translation is a suggestion for exactly this text."""


class Answerer:
    """Translates the texts of requests, or returns suggested translations."""

    def __init__(
        self, translators: Translators, settings: Settings, memory: SuggestionStore | None, glossaries: Glossaries
    ) -> None:
        self._translators = translators
        self._settings = settings
        self._memory = memory
        self._glossaries = glossaries

    async def answer(self, request: TranslateRequest, owner: str) -> list[Answer]:
        """Translate the texts of `request`, or return suggested translations.

        The texts join the running batch of their translator. `owner` is the owner of the glossary. Raises EmptyText,
        TextTooLong, OptionOutOfRange, UnsupportedPair, NotFound, RequestError, and what `Translator.submit` raises.
        """
        texts = _checked(request, self._settings)
        pace = Pace(_SENTENCES_AT_ONCE, time.monotonic() + self._settings.timeout_seconds)
        if request.source != AUTO:
            return await self._remembered_or_translated(request.source, texts, request, pace, owner)
        if request.glossary:
            raise RequestError("Use of a glossary requires the source language: set it instead of auto")
        detected = await self.detected(texts, request.target)
        answers: list[Answer] = [Answer([text], detected=found) for text, found in zip(texts, detected, strict=True)]
        groups: dict[str, list[int]] = {}
        for index, found in enumerate(detected):
            if found.language != request.target:
                groups.setdefault(found.language, []).append(index)

        async def answered(language: str) -> list[Answer]:
            group = [texts[index] for index in groups[language]]
            return await self._remembered_or_translated(language, group, request, pace, owner)

        several = await asyncio.gather(*map(answered, groups))
        for group, translated in zip(groups.values(), several, strict=True):
            for index, each in zip(group, translated, strict=True):
                answers[index] = replace(each, detected=detected[index])
        return answers

    async def answer_document(self, request: TranslateRequest, owner: str, tell: ProgressCallback) -> list[Answer]:
        """Translate like `answer`, but texts of any length, in a known language, and without a deadline."""
        texts = [request.q] if isinstance(request.q, str) else request.q
        pace = Pace(_SENTENCES_OF_DOCUMENT, None, tell)
        return await self._remembered_or_translated(request.source, texts, request, pace, owner)

    async def detected(self, texts: Sequence[str], target: str) -> list[Detected]:
        """Detect the language of each text, among `target` and the languages that can be translated to it.

        On a tie or in doubt, `target` loses, so that no text is left untranslated.
        """
        possible = self._translators.sources(target)
        if not possible:
            self._translators.find(AUTO, target)  # raises UnsupportedPair, which lists the pairs
        detector = await self._translators.detector()
        return [chosen(detector.detect(text), possible, target) for text in texts]

    async def _remembered_or_translated(
        self, source: str, texts: Sequence[str], request: TranslateRequest, pace: Pace, owner: str
    ) -> list[Answer]:
        translator = self._translators.find(source, request.target)
        pair = translator.manifest.source, translator.manifest.target
        glossary = None
        if request.glossary:
            glossary = await asyncio.to_thread(self._glossaries.for_pair, owner, request.glossary, *pair)
        found: list[str | None] = [None] * len(texts)
        if self._memory and request.format == "text":  # a suggestion is plain text and could inject HTML
            find = partial(self._memory.find, *pair)
            found = await asyncio.to_thread(lambda: [find(text) for text in texts])
        unknown = [text for text, suggested in zip(texts, found, strict=True) if suggested is None]
        translated = iter(await self._translated(translator, unknown, request, pace, glossary) if unknown else [])
        return [
            next(translated) if suggested is None else Answer([suggested], translator, from_memory=True)
            for suggested in found
        ]

    async def _translated(
        self,
        translator: Translator,
        texts: Sequence[str],
        request: TranslateRequest,
        pace: Pace,
        glossary: Glossary | None,
    ) -> list[Answer]:
        options = translator.options(
            beam_size=request.beam_size, n_best=request.alternatives + 1, max_length=request.max_length
        )
        # Splitting and reassembling long texts would block the event loop.
        is_long = request.format == "html" or sum(map(len, texts)) > _LONG
        pair = translator.manifest.source, translator.manifest.target
        opened = await beside(lambda: [_opened(text, request, pair) for text in texts], is_long)
        flat = [part for parts, _ in opened for part in parts]
        steps = marked_steps(flat, translator, glossary)
        in_order = iter(await driven(steps, translator, options, pace, is_long))

        def put_together() -> list[Answer]:
            answers = []
            for parts, assemble in opened:
                translated = [next(in_order) for _ in parts]
                ranked = [assemble(translated, rank) for rank in range(options.n_best)]
                how = [part for each in translated for part in each.parts]
                answers.append(Answer(list(dict.fromkeys(ranked)), translator, how))
            return answers

        return await beside(put_together, is_long)


def _opened(
    text: str, request: TranslateRequest, languages: tuple[str, str]
) -> tuple[list[MarkedText], Callable[[Sequence[TranslatedMarks], int], str]]:
    """Return the parts of `text` to translate, and a function that puts their translations in place."""
    if request.format == "html":
        markup = Markup(text, languages, request.translate_attributes)
        return markup.texts, markup.with_texts
    return [MarkedText(text)], lambda translated, rank: translated[0].parts[0].text(rank)


def _checked(request: TranslateRequest, settings: Settings) -> list[str]:
    texts = [request.q] if isinstance(request.q, str) else request.q
    if not texts or all(not text.strip() for text in texts):
        raise EmptyText("Invalid request: missing q parameter: set q to the text to translate")
    if len(texts) > settings.max_texts:
        raise TextTooLong(f"q has {len(texts)} texts, at most {settings.max_texts} are allowed: send several requests")
    check_length(max(texts, key=len), settings)
    if (request.beam_size or 1) > settings.max_beam_size:
        raise OptionOutOfRange(f"beam_size is {request.beam_size}, allowed: 1 to {settings.max_beam_size}")
    if request.alternatives + 1 > settings.max_beam_size:
        raise OptionOutOfRange(f"alternatives is {request.alternatives}, allowed: 0 to {settings.max_beam_size - 1}")
    return texts


def check_length(text: str, settings: Settings) -> None:
    """Check the length of `text`. Raises TextTooLong."""
    if len(text) > settings.max_text_characters:
        raise TextTooLong(
            f"Invalid request: request ({len(text)}) exceeds text limit ({settings.max_text_characters}): "
            f"send the text in parts"
        )
