"""Translate the texts of a request: detect their languages, split, translate and reassemble them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from nmt.errors import EmptyText, OptionOutOfRange, RequestError, TextTooLong, UnsupportedPair
from nmt.memory import Match, Memory
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
    """Whether the translation is that of a unit of the memory with exactly this text."""
    matches: Sequence[Match] = ()
    """Similar units of the memory, best first; without alternatives, only an equal one."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How the texts of a request are translated, beyond its own fields."""

    pace: Pace
    owner: str
    """The owner of the glossary."""
    handling: Handling = _AS_USUAL


class Answerer:
    """Translates the texts of requests, or returns translations of the memory."""

    def __init__(
        self, translators: Translators, settings: Settings, memory: Memory | None, glossaries: Glossaries
    ) -> None:
        self._translators = translators
        self._settings = settings
        self._memory = memory
        self._glossaries = glossaries
        self._cache = SentenceCache(settings.cached_sentences)

    async def answer(self, request: TranslateRequest, owner: str, handling: Handling = _AS_USUAL) -> list[Answer]:
        """Translate the texts of `request`, read as `handling` says, or return translations of the memory.

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

        Units of the memory for single lines of a text count too.
        """
        texts = [request.q] if isinstance(request.q, str) else request.q
        request = self._in_served_codes(request)
        way = _Way(Pace(_SENTENCES_OF_DOCUMENT, None, tell), owner)
        pieces = [[text] for text in texts]
        if self._memory and request.format == "text":
            find = partial(self._memory.find, (request.source, request.target))
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
        found: list[list[Match]] = [[] for _ in texts]
        is_markup = request.format == "html" or way.handling.xml is not None
        if self._memory and not is_markup:  # a unit is plain text and could inject HTML
            found = await _matches(self._memory, pair, texts, self._most_texts(request) - 1)
        unknown = [text for text, matches in zip(texts, found, strict=True) if not _is_known(matches)]
        translated = iter(await self._translated(translator, unknown, request, way, glossary) if unknown else [])
        return [
            Answer([match.target for match in matches], translator, from_memory=True, matches=matches)
            if _is_known(matches)
            else _with_matches(next(translated), matches, self._most_texts(request))
            for matches in found
        ]

    def _most_texts(self, request: TranslateRequest) -> int:
        """Return how many translations of a text are returned at most."""
        return min(request.alternatives + 1, self._settings.max_beam_size)

    async def _translated(
        self,
        translator: SentenceTranslator,
        texts: Sequence[str],
        request: TranslateRequest,
        way: _Way,
        glossary: Glossary | None,
    ) -> list[Answer]:
        options = translator.options(
            beam_size=request.beam_size, n_best=self._most_texts(request), max_length=request.max_length
        )
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


async def _matches(memory: Memory, pair: tuple[str, str], texts: Sequence[str], alternatives: int) -> list[list[Match]]:
    """Return the matches of each text in the memory: without alternatives, only one that is equal."""
    if not alternatives:
        equal = await asyncio.to_thread(lambda: [memory.find(pair, text) for text in texts])
        return [
            [Match(100, text, target)] if target is not None else [] for text, target in zip(texts, equal, strict=True)
        ]
    # A text a thread: a request of many texts ends between two of them when its client leaves.
    return [await asyncio.to_thread(memory.similar, pair, text, alternatives + 1) for text in texts]


def _is_known(matches: Sequence[Match]) -> bool:
    return bool(matches) and matches[0].percent == 100


def _with_matches(answer: Answer, matches: Sequence[Match], most: int) -> Answer:
    """Return `answer` with `matches` before its own alternatives, at most `most` texts in all."""
    if not matches:
        return answer
    best, *others = answer.texts
    texts = dict.fromkeys([best, *(match.target for match in matches), *others])
    return replace(answer, texts=list(texts)[:most], matches=matches)


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
