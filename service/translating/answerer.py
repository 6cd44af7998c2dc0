"""Translate the texts of a request: detect their languages, split, translate and reassemble them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from nmt.errors import EmptyText, OptionOutOfRange, RequestError, TextTooLong, UnsupportedPair
from nmt.text import (
    Glossary,
    SentenceTranslator,
    TranslatedText,
    marked_steps,
)
from service.settings import Settings
from service.translating.detection import Detected, chosen
from service.translating.executor import Pace, ProgressCallback, beside, driven
from service.translating.glossary_store import Glossaries
from service.translating.handling import Handling, Split
from service.translating.language_codes import language_name
from service.translating.request import TranslateRequest
from service.translating.sentence_cache import SentenceCache
from service.translating.suggestions import SuggestionStore
from service.translating.translators import AUTO, Translators

_SENTENCES_AT_ONCE = 256
"""Maximum number of queued sentences per request, so that no single request can fill the queue."""
_SENTENCES_OF_DOCUMENT = 64
"""Maximum number of queued sentences per document, so that it hardly delays the requests."""
_LONG = 2000
"""Longer texts, in characters, are split in a thread. This many take one or two milliseconds."""


_SHORT = 100
"""Shorter texts, in characters, are detected together with their context."""
_TAG = re.compile(r"<[A-Za-z/!?][^>]*>")
"""Markup, whose names say nothing about the language."""
_AS_USUAL = Handling()


@dataclass(frozen=True, slots=True)
class Answer:
    """The translations of one text of a request."""

    texts: list[str]
    """Distinct translations, best first."""
    translator: SentenceTranslator | None = None
    """None if the text is already in the target language, or has no letters, and was left unchanged."""
    parts: Sequence[TranslatedText] = ()
    """The translation of the whole text, or with format html of each of its blocks or texts between tags."""
    detected: Detected | None = None
    """The detected language, if the request asked for detection."""
    from_memory: bool = False
    """Whether the translation is a suggestion for exactly this text."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How the texts of a request are translated, beyond its own fields."""

    pace: Pace
    owner: str
    """The owner of the glossary."""
    handling: Handling = _AS_USUAL


class Answerer:
    """Translates the texts of requests, or returns suggested translations."""

    def __init__(
        self, translators: Translators, settings: Settings, memory: SuggestionStore | None, glossaries: Glossaries
    ) -> None:
        self._translators = translators
        self._settings = settings
        self._memory = memory
        self._glossaries = glossaries
        self._cache = SentenceCache(settings.cached_sentences)

    async def answer(self, request: TranslateRequest, owner: str, handling: Handling = _AS_USUAL) -> list[Answer]:
        """Translate the texts of `request`, read as `handling` says, or return suggested translations.

        The texts join the running batch of their translator. `owner` is the owner of the glossary. Raises EmptyText,
        TextTooLong, OptionOutOfRange, UnsupportedPair, NotFound, RequestError, and what `Translator.submit` raises.
        """
        texts = _checked(request, self._settings)
        request = self._in_served_codes(request)
        pace = Pace(_SENTENCES_AT_ONCE, time.monotonic() + self._settings.timeout_seconds)
        answered_from = partial(self._remembered_or_translated, request, _Way(pace, owner, handling))
        if request.source != AUTO:
            return await answered_from(request.source, texts)
        if request.glossary:
            raise RequestError("Use of a glossary requires the source language: set it instead of auto")
        detected = await self.detected(texts, request.target, handling.context)
        answers: list[Answer] = [Answer([text], detected=found) for text, found in zip(texts, detected, strict=True)]
        groups: dict[str, list[int]] = {}
        for index, found in enumerate(detected):
            if found.confidence and found.language != request.target:
                groups.setdefault(found.language, []).append(index)
        several = await asyncio.gather(
            *(answered_from(language, [texts[index] for index in group]) for language, group in groups.items())
        )
        for group, translated in zip(groups.values(), several, strict=True):
            for index, each in zip(group, translated, strict=True):
                answers[index] = replace(each, detected=detected[index])
        return answers

    async def answer_document(self, request: TranslateRequest, owner: str, tell: ProgressCallback) -> list[Answer]:
        """Translate like `answer`, but texts of any length, in a known language, and without a deadline.

        Suggestions for single lines of a text count too.
        """
        texts = [request.q] if isinstance(request.q, str) else request.q
        request = self._in_served_codes(request)
        way = _Way(Pace(_SENTENCES_OF_DOCUMENT, None, tell), owner)
        pieces = [[text] for text in texts]
        if self._memory and request.format == "text":
            find = partial(self._memory.find, request.source, request.target)
            pieces = await asyncio.to_thread(lambda: [_at_known_lines(text, find) for text in texts])
        flat = [piece for several in pieces for piece in several]
        answers = iter(await self._remembered_or_translated(request, way, request.source, flat))
        found = [[next(answers) for _ in several] for several in pieces]
        return [each[0] if len(each) == 1 else Answer(["".join(part.texts[0] for part in each)]) for each in found]

    async def detected(self, texts: Sequence[str], target: str, context: str = "") -> list[Detected]:
        """Detect the language of each text from which it is to be translated to `target`, a served code.

        A short text is detected together with its `context`. On a tie or in doubt, `target` loses, so that no text is
        left untranslated. A text without letters is detected with confidence 0, and is not to be translated. Raises
        UnsupportedPair for a text in any other language.
        """
        possible = self._translators.sources(target)
        if not possible:
            self._translators.find(AUTO, target)  # raises UnsupportedPair, which lists the pairs
        detector = await self._translators.detector()
        bare = [_TAG.sub(" ", text) for text in texts]
        read = [f"{text} {context}" if len(text) < _SHORT else text for text in bare]
        found = [chosen(detector.detect(text), possible, target) for text in read]
        for text, each in zip(read, found, strict=True):
            if each.language != target and any(map(str.isalpha, text)):
                _check_source(each, possible, target)
        return found

    def _in_served_codes(self, request: TranslateRequest) -> TranslateRequest:
        """Return `request` with its languages as the packages name them."""
        source = AUTO if request.source.lower() == AUTO else self._translators.code(request.source)
        return request.model_copy(update={"source": source, "target": self._translators.code(request.target)})

    async def _remembered_or_translated(
        self, request: TranslateRequest, way: _Way, source: str, texts: Sequence[str]
    ) -> list[Answer]:
        if source == request.target and source in self._translators.codes():
            return [Answer([text]) for text in texts]
        translator = self._translators.find(source, request.target)
        pair = translator.manifest.source, translator.manifest.target
        glossary = None
        if request.glossary:
            glossary = await asyncio.to_thread(self._glossaries.for_pair, way.owner, request.glossary, *pair)
        found: list[str | None] = [None] * len(texts)
        is_markup = request.format == "html" or way.handling.xml is not None
        if self._memory and not is_markup:  # a suggestion is plain text and could inject HTML
            find = partial(self._memory.find, *pair)
            found = await asyncio.to_thread(lambda: [find(text) for text in texts])
        unknown = [text for text, suggested in zip(texts, found, strict=True) if suggested is None]
        translated = iter(await self._translated(translator, unknown, request, way, glossary) if unknown else [])
        return [
            next(translated) if suggested is None else Answer([suggested], translator, from_memory=True)
            for suggested in found
        ]

    async def _translated(
        self,
        translator: SentenceTranslator,
        texts: Sequence[str],
        request: TranslateRequest,
        way: _Way,
        glossary: Glossary | None,
    ) -> list[Answer]:
        n_best = min(request.alternatives + 1, self._settings.max_beam_size)
        options = translator.options(beam_size=request.beam_size, n_best=n_best, max_length=request.max_length)
        # Splitting and reassembling long texts would block the event loop.
        handling = way.handling
        is_long = request.format == "html" or handling.xml is not None or sum(map(len, texts)) > _LONG
        pair = translator.manifest.source, translator.manifest.target
        opened = await beside(
            lambda: [handling.opened(text, request.format, pair, request.translate_attributes) for text in texts],
            is_long,
        )
        flat = [part for parts, _ in opened for part in parts]
        steps = marked_steps(flat, translator, glossary, split=handling.split is not Split.NEVER)
        in_order = iter(await driven(steps, translator, options, way.pace, self._cache, is_long))

        def put_together() -> list[Answer]:
            answers = []
            for parts, assemble in opened:
                translated = [next(in_order) for _ in parts]
                ranked = [assemble(translated, rank) for rank in range(options.n_best)]
                how = [part for each in translated for part in each.parts]
                answers.append(Answer(list(dict.fromkeys(ranked)), translator, how))
            return answers

        return await beside(put_together, is_long)


def _at_known_lines(text: str, find: Callable[[str], str | None]) -> list[str]:
    """Return the lines of `text` if `find` knows one of them, but not the whole; else the text alone."""
    lines = text.splitlines(keepends=True)
    is_known = len(lines) > 1 and find(text) is None and any(line.strip() and find(line) for line in lines)
    return lines if is_known else [text]


def _check_source(found: Detected, sources: Sequence[str], target: str) -> None:
    """Check that a text in the language `found` can be translated. Raises UnsupportedPair."""
    choice = f"set source to one of {', '.join(sources)}"
    if not found.confidence:
        raise UnsupportedPair(f"the language of the text is not detected: {choice}")
    if found.language not in sources:
        name = language_name(found.language)
        raise UnsupportedPair(
            f"the text was detected as {name} ({found.language}, confidence {found.confidence:g}), and "
            f"{found.language} to {target} is not supported: {choice} if that is wrong"
        )


def _checked(request: TranslateRequest, settings: Settings) -> list[str]:
    texts = [request.q] if isinstance(request.q, str) else request.q
    if not request.q:
        raise EmptyText("Invalid request: missing q parameter: set q to the text to translate")
    check_length(texts, settings)
    if (request.beam_size or 1) > settings.max_beam_size:
        raise OptionOutOfRange(f"beam_size is {request.beam_size}, allowed: 1 to {settings.max_beam_size}")
    return texts


def check_length(texts: Sequence[str], settings: Settings) -> None:
    """Check the length of the texts of a request together. Raises TextTooLong."""
    if (characters := sum(map(len, texts))) > settings.max_request_characters:
        raise TextTooLong(
            f"Invalid request: request ({characters}) exceeds text limit ({settings.max_request_characters}): send "
            f"the text in parts"
        )
