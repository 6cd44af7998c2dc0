"""Text in, text out: a model package with its tokenizers and its decoding thread."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from nmt.decoding import DecodingOptions, Hypothesis, LengthModel, StopReason, new_search
from nmt.errors import OptionOutOfRange, PackageCorrupt, TextTooLong
from nmt.runtime.arrays import ModelArrays
from nmt.runtime.batcher import Batcher, Decoded
from nmt.runtime.chaining import done, then
from nmt.runtime.package import ARRAYS, ENCODER, STEP, ModelPackage
from nmt.runtime.running import Source
from nmt.runtime.session import OnnxModel, available_cpus
from tokenizer import END_ID, START_ID, SubwordTokenizer, TokenizerError

MAX_SOURCE_SUBWORDS = 512
"""Longest text that is translated in one piece."""


@dataclass(frozen=True, slots=True)
class Translation:
    """One translation of a text."""

    text: str
    score: float
    """Log probability over the length penalty; comparable between translations of one text."""
    log_prob: float
    """Nats."""
    stop_reason: StopReason
    token_log_probs: tuple[float, ...]
    """One a subword, and one for <END> if it was reached."""

    @property
    def reached_end(self) -> bool:
        """Whether the model ended the sentence itself; if not, the translation may be cut."""
        return self.stop_reason is StopReason.END


@dataclass(frozen=True, slots=True)
class TranslationResult:
    """All that is known of one text's translation."""

    source: str
    translations: tuple[Translation, ...]
    """Best first."""
    source_subwords: int = 0
    byte_fallbacks: int = 0
    """Source subwords that are single bytes of characters the model has no subword for."""
    queued_milliseconds: float = 0.0
    decoding_milliseconds: float = 0.0

    @property
    def text(self) -> str:
        """The best translation."""
        return self.translations[0].text


class Translator:
    """Translates from one language to another; safe to use from many threads, whose sentences share batches."""

    def __init__(self, package: ModelPackage, *, threads: int | None = None, max_waiting: int = 1024) -> None:
        manifest = package.manifest
        self.manifest = manifest
        try:
            self._source_tokenizer = SubwordTokenizer(package.read(manifest.vocabulary.source.file))
            self._target_tokenizer = SubwordTokenizer(package.read(manifest.vocabulary.target.file))
            model = OnnxModel(package.read(ENCODER), package.read(STEP), ModelArrays.read(package.read(ARRAYS)))
        except TokenizerError as error:
            raise PackageCorrupt(f"{package.path}: {error}; export the package again") from error
        self._is_joint = manifest.vocabulary.source == manifest.vocabulary.target
        length = manifest.length
        self._length = LengthModel(length.mean, length.deviation, length.k_sigma, length.minimum)
        self._batcher = Batcher(model, threads=threads or available_cpus(), max_waiting=max_waiting)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, threads: int | None = None, max_waiting: int = 1024) -> Translator:
        """Open the package at `path`, check its hashes, and start its decoding thread.

        `threads`: decoding threads, one for each available processor by default. `max_waiting`: sentences that may
        queue before `submit` raises Overloaded. Raises PackageNotFound or PackageCorrupt.
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
        """Translate `texts`, in their order; how a text is translated does not depend on the others.

        `max_length` in subwords. Raises OptionOutOfRange and TextTooLong.
        """
        options = self.options(beam_size=beam_size, n_best=n_best, max_length=max_length)
        # Sentences of like length finish together, and encode without padding.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        replies = {index: self.submit(texts[index], options, wait=True) for index in order}
        return [replies[index].result() for index in range(len(texts))]

    def options(
        self, *, beam_size: int | None = None, n_best: int = 1, max_length: int | None = None
    ) -> DecodingOptions:
        """The package's decoding defaults with what a request sets. Raises OptionOutOfRange."""
        defaults = self.manifest.decoding
        try:
            return DecodingOptions(
                max(defaults.beam_size, n_best) if beam_size is None else beam_size,
                n_best,
                max_length,
                defaults.length_alpha,
            )
        except ValueError as error:
            raise OptionOutOfRange(str(error)) from error

    def submit(
        self, text: str, options: DecodingOptions, *, deadline: float | None = None, wait: bool = False
    ) -> Future[TranslationResult]:
        """Queue one text; cancelling the future takes it out of the running batch at the next step.

        `deadline` on the monotonic clock. White space around the text stays as it is, and a text of nothing
        else is its own translation. Raises TextTooLong, and Overloaded when the queue is full, unless `wait`.
        """
        core = text.strip()
        if not core:
            return done(TranslationResult(text, (Translation(text, 0.0, 0.0, StopReason.END, ()),)))
        source = self._source_tokenizer.encode(core)
        if len(source) > MAX_SOURCE_SUBWORDS:
            raise TextTooLong(
                f"the text has {len(source)} subwords, at most {MAX_SOURCE_SUBWORDS} are translated in one piece: "
                f"split it into sentences"
            )
        search = new_search(options, START_ID, END_ID, self._length.limit(len(source)))
        copied = source if self._is_joint else self._target_tokenizer.encode(core)
        decoding = self._batcher.submit(Source(source, copied), search, options.beam_size, deadline=deadline, wait=wait)
        return then(decoding, lambda decoded: self._result(text, core, source, decoded))

    def close(self) -> None:
        """Finish the accepted texts and stop the decoding thread."""
        self._batcher.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _result(self, text: str, core: str, source: Sequence[int], decoded: Decoded) -> TranslationResult:
        before, after = text[: text.index(core)], text[text.index(core) + len(core) :]
        translations = (self._translation(hypothesis) for hypothesis in decoded.hypotheses)
        return TranslationResult(
            text,
            tuple(replace(item, text=before + item.text + after) for item in translations),
            len(source),
            self._source_tokenizer.byte_fallbacks(source),
            1000.0 * decoded.queued_seconds,
            1000.0 * decoded.decoding_seconds,
        )

    def _translation(self, hypothesis: Hypothesis) -> Translation:
        return Translation(
            self._target_tokenizer.decode(hypothesis.tokens),
            hypothesis.score,
            hypothesis.log_prob,
            hypothesis.stop_reason,
            hypothesis.token_log_probs,
        )
