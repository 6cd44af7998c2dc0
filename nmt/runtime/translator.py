"""Text translation with a model package, its tokenizers and its decoding threads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from itertools import chain
from types import TracebackType
from typing import Any, Protocol, Self

from nmt.decoding import DecodingOptions, LengthModel, StopReason
from nmt.errors import PackageCorrupt, TextTooLong
from nmt.runtime.alignment import Alignment, Pair
from nmt.runtime.batcher import Activity, Batcher
from nmt.runtime.engines import engine_of
from nmt.runtime.manifest import DICTIONARY, KNOWN_WORDS
from nmt.runtime.package import ModelPackage
from nmt.runtime.pending_request import Decoded
from nmt.runtime.processors import available_cpus
from nmt.runtime.running_batch import Sentence, Source
from nmt.runtime.words import Dictionary, KnownWords, RareWords
from tokenizer import END_ID, TokenizerError

MAX_SOURCE_SUBWORDS = 512
"""Maximum length of a text that is translated in one piece."""
_AT_ONCE = 256
"""Number of texts that `translate` queues together. Large enough to group similar lengths, and small enough to leave
the queue soon."""


@dataclass(frozen=True, slots=True)
class Translation:
    """One translation of a text."""

    text: str
    score: float
    """Log probability divided by the length penalty. Comparable between translations of one text."""
    log_prob: float
    """Log probability in nats."""
    stop_reason: StopReason
    token_log_probs: tuple[float, ...]
    """One value per subword, plus one for <END> if it was reached."""
    tokens: tuple[int, ...] = ()
    """Subword ids without <END>."""

    @property
    def reached_end(self) -> bool:
        """Whether the model ended the sentence itself. If not, the translation may be cut."""
        return self.stop_reason is StopReason.END


@dataclass(frozen=True, slots=True)
class TranslationResult:
    """The translations of one text and related details."""

    source: str
    translations: tuple[Translation, ...]
    """Best first: in the order of their scores, or in that of the translator's reranker."""
    source_subwords: int = 0
    byte_fallbacks: int = 0
    """Number of source subwords that are single bytes of characters without a subword in the model."""
    queued_milliseconds: float = 0.0
    decoding_milliseconds: float = 0.0

    @property
    def text(self) -> str:
        """The best translation."""
        return self.translations[0].text


class Reranker(Protocol):
    """Chooses among the translations that a search found. Called from the decoding threads."""

    def reranked(self, results: Sequence[TranslationResult]) -> list[TranslationResult]:
        """Return `results`, each with its translations in another order, best first."""


class Translator:
    """Translates from one language to another. Safe to use from many threads, whose sentences share batches."""

    def __init__(
        self,
        package: ModelPackage,
        *,
        threads: int | None = None,
        max_waiting: int = 1024,
        reranker: Reranker | None = None,
    ) -> None:
        """See `load`. A `reranker` chooses among all translations of the beam."""
        manifest = package.manifest
        self.manifest = manifest
        try:
            self._source_tokenizer, self._target_tokenizer = package.tokenizers()
            self._engine, self._aligner = engine_of(package, self._target_tokenizer)
            has_words = KNOWN_WORDS in manifest.files
            self.known_words = KnownWords.of_bytes(package.read(KNOWN_WORDS)) if has_words else None
            """None in a package that does not say which words its training text had."""
            has_dictionary = DICTIONARY in manifest.files
            self.dictionary = Dictionary.of_bytes(package.read(DICTIONARY)) if has_dictionary else Dictionary(())
            tokenizers = self._source_tokenizer, self._target_tokenizer
            self._rare = RareWords(self.dictionary, *tokenizers) if self._aligner else None
        except TokenizerError as error:
            raise PackageCorrupt(f"{package.path}: {error}; export the package again") from error
        self._reranker = reranker
        self._spelled: dict[str, bool] = {}
        length = manifest.length
        self._length = LengthModel(length.mean, length.deviation, length.k_sigma, length.minimum)
        self._batcher = Batcher(self._engine.new_batch, threads=threads or available_cpus(), max_waiting=max_waiting)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, threads: int | None = None, max_waiting: int = 1024) -> Translator:
        """Open the package at `path`, check its hashes, and start its decoding threads.

        `threads` is the number of decoding threads, by default one per available processor. `max_waiting` is the number
        of sentences that may queue before `submit` raises Overloaded. Raises PackageNotFound or PackageCorrupt.
        """
        return cls(ModelPackage.open(path), threads=threads, max_waiting=max_waiting)

    def translate(
        self,
        texts: Sequence[str],
        *,
        beam_size: int | None = None,
        n_best: int = 1,
        max_length: int | None = None,
    ) -> list[TranslationResult]:
        """Translate `texts` and return the results in order. The translation of a text does not depend on the others.

        `max_length` is in subwords. Raises OptionOutOfRange and TextTooLong.
        """
        options = self.options(beam_size=beam_size, n_best=n_best, max_length=max_length)
        # Sentences of similar length finish together, and are encoded without padding.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        parts = [order[start : start + _AT_ONCE] for start in range(0, len(order), _AT_ONCE)]
        replies = [self.submit([texts[index] for index in part], options, wait=True) for part in parts]
        results = dict(zip(order, chain.from_iterable(reply.result() for reply in replies), strict=True))
        return [results[index] for index in range(len(texts))]

    def options(
        self, *, beam_size: int | None = None, n_best: int = 1, max_length: int | None = None
    ) -> DecodingOptions:
        """Return the package's decoding defaults, overridden by a request's settings. Raises OptionOutOfRange."""
        return self.manifest.decoding.options(beam_size=beam_size, n_best=n_best, max_length=max_length)

    def submit(
        self, texts: Sequence[str], options: DecodingOptions, *, deadline: float | None = None, wait: bool = False
    ) -> Future[list[TranslationResult]]:
        """Queue `texts`. Cancelling the future removes them from the running batch at the next step.

        `deadline` is on the monotonic clock. White space around a text is kept, and a text of white space alone is its
        own translation. Raises TextTooLong, and Overloaded when the queue is full, unless `wait`.
        """
        pieces = [self._piece(text) for text in texts]
        waiting = sorted((piece for piece in pieces if piece.core), key=lambda piece: len(piece.source))
        search = replace(options, n_best=options.beam_size) if self._reranker else options
        sentences = [self._sentence(piece, search) for piece in waiting]

        def convert(decoded: Sequence[Decoded]) -> list[TranslationResult]:
            found = [self._result(piece, each) for piece, each in zip(waiting, decoded, strict=True)]
            if self._reranker:
                ranked = self._reranker.reranked(found)
                found = [replace(each, translations=each.translations[: options.n_best]) for each in ranked]
            results = {id(piece): result for piece, result in zip(waiting, found, strict=True)}
            return [results[id(piece)] if piece.core else _unchanged(piece.text) for piece in pieces]

        return self._batcher.submit(sentences, convert, deadline=deadline, wait=wait)

    def count_subwords(self, text: str) -> int:
        """Return the number of subwords that the model reads for `text`."""
        return len(self._source_tokenizer.encode(text))

    def spells(self, character: str) -> bool:
        """Whether the model reads `character` as itself, inside a word or at its start, and not as bytes."""
        if (known := self._spelled.get(character)) is None:
            forms = map(self._source_tokenizer.encode, (character, f"a{character}"))
            known = self._spelled[character] = not all(map(self._source_tokenizer.byte_fallbacks, forms))
        return known

    def activity(self) -> Activity:
        """Return the queued, running and completed work."""
        return self._batcher.activity()

    def subwords(self, translation: Translation) -> list[str]:
        """Return the subwords of `translation` as the model writes them, with <END> if it was reached."""
        return self._target_tokenizer.pieces(_written(translation))

    def align(self, results: Sequence[TranslationResult], *, deadline: float | None = None) -> list[Alignment | None]:
        """Return the alignment of the best translation of each of `results`, computed in the calling thread.

        The alignment is None for white space. All are None if the model has no attention or if the package, of format
        3, does not provide it. `deadline` is on the monotonic clock. Raises DeadlineExceeded.
        """
        if self._aligner is None:
            return [None] * len(results)
        sources = [self._source_tokenizer.encode(result.source.strip()) for result in results]
        pairs = [
            Pair(source, _written(result.translations[0]))
            for source, result in zip(sources, results, strict=True)
            if source
        ]
        weights = iter(self._aligner.weights(pairs, deadline))
        return [
            Alignment(
                self._source_tokenizer.pieces([*source, END_ID]), self.subwords(result.translations[0]), next(weights)
            )
            if source
            else None
            for source, result in zip(sources, results, strict=True)
        ]

    def close(self) -> None:
        """Finish the accepted texts and stop the decoding threads."""
        self._batcher.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _piece(self, text: str) -> _Piece:
        core = text.strip()
        source = self._source_tokenizer.encode(core) if core else []
        if len(source) > MAX_SOURCE_SUBWORDS:
            raise TextTooLong(
                f"the text has {len(source)} subwords, at most {MAX_SOURCE_SUBWORDS} are translated in one piece: "
                f"split it into sentences"
            )
        return _Piece(text, core, source)

    def _sentence(self, piece: _Piece, options: DecodingOptions) -> Sentence[Any]:
        is_joint = self._source_tokenizer is self._target_tokenizer
        copied = piece.source if is_joint else self._target_tokenizer.encode(piece.core)
        # Greedy search takes what is most probable, and need not know of rare words.
        rare = self._rare.of(piece.core, piece.source) if self._rare and options.beam_size > 1 else []
        spelled = (subword for word in rare for spelling in word.spellings for subword in spelling)
        source = Source(piece.source, [*copied, *spelled], rare)
        return Sentence(source, self._engine.new_search(options, self._length.limit(len(piece.source)), source))

    def _result(self, piece: _Piece, decoded: Decoded) -> TranslationResult:
        start = piece.text.index(piece.core)
        before, after = piece.text[:start], piece.text[start + len(piece.core) :]
        translations = tuple(
            Translation(
                before + self._target_tokenizer.decode(hypothesis.tokens) + after,
                hypothesis.score,
                hypothesis.log_prob,
                hypothesis.stop_reason,
                hypothesis.token_log_probs,
                hypothesis.tokens,
            )
            for hypothesis in decoded.hypotheses
        )
        return TranslationResult(
            piece.text,
            translations,
            len(piece.source),
            self._source_tokenizer.byte_fallbacks(piece.source),
            1000.0 * decoded.queued_seconds,
            1000.0 * decoded.decoding_seconds,
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text without its surrounding white space, and its subwords."""

    text: str
    core: str
    source: Sequence[int]


def _written(translation: Translation) -> list[int]:
    """Return the ids of `translation`, with <END> if it was reached."""
    return [*translation.tokens, *([END_ID] if translation.reached_end else [])]


def _unchanged(text: str) -> TranslationResult:
    return TranslationResult(text, (Translation(text, 0.0, 0.0, StopReason.END, ()),))
