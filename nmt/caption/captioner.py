"""Captions of pictures with a package, its tokenizer and its decoding threads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nmt.caption.manifest import CaptionPackage
from nmt.decoding import DecodingOptions, Search
from nmt.errors import PackageCorrupt
from nmt.runtime.batcher import Activity, Batcher
from nmt.runtime.onnx.model import OnnxEngine, OnnxModel
from nmt.runtime.pending_request import Decoded
from nmt.runtime.processors import available_cpus
from nmt.runtime.running_batch import Sentence, Source
from tokenizer import SubwordTokenizer, TokenizerError


@dataclass(frozen=True, slots=True)
class Caption:
    """The caption of a picture."""

    text: str
    score: float
    """Log probability divided by the length penalty."""
    reached_end: bool
    """Whether the model ended the caption itself. If not, it may be cut."""


class Captioner:
    """Writes captions in one language. Safe to use from many threads, whose pictures share batches."""

    def __init__(self, package: CaptionPackage, *, threads: int | None = None, max_waiting: int = 1024) -> None:
        self.manifest = package.manifest
        try:
            self._tokenizer = SubwordTokenizer(package.read(self.manifest.vocabulary.file))
        except TokenizerError as error:
            raise PackageCorrupt(f"{package.path}: {error}; export the package again") from error
        self._engine = OnnxEngine(OnnxModel.of_package(package))
        self._batcher: Batcher[Search] = Batcher(
            self._engine.new_batch, threads=threads or available_cpus(), max_waiting=max_waiting
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, threads: int | None = None, max_waiting: int = 1024) -> Captioner:
        """Open the package at `path`, check its hashes, and start its decoding threads.

        `threads` is the number of decoding threads, by default one per available processor. `max_waiting` is the number
        of pictures that may queue before `submit` raises Overloaded. Raises PackageNotFound or PackageCorrupt.
        """
        return cls(CaptionPackage.open(path), threads=threads, max_waiting=max_waiting)

    def captions(self, pictures: Sequence[NDArray[np.uint8]], *, beam_size: int | None = None) -> list[Caption]:
        """Return the captions of `pictures` (3, P, P), in order. Raises OptionOutOfRange."""
        return self.submit(pictures, self.options(beam_size=beam_size), wait=True).result()

    def options(self, *, beam_size: int | None = None) -> DecodingOptions:
        """Return the package's decoding defaults, overridden by a request's settings. Raises OptionOutOfRange."""
        return self.manifest.decoding.options(beam_size=beam_size)

    def submit(
        self,
        pictures: Sequence[NDArray[np.uint8]],
        options: DecodingOptions,
        *,
        deadline: float | None = None,
        wait: bool = False,
    ) -> Future[list[Caption]]:
        """Queue `pictures` (3, P, P), which `nmt.caption.pictures` reads. P is the manifest's `image_size`.

        Cancelling the future removes them from the running batch at the next step. `deadline` is on the monotonic
        clock. Raises Overloaded when the queue is full, unless `wait`.
        """
        longest = self.manifest.max_subwords
        waiting = [Sentence(Source(picture=picture), self._engine.new_search(options, longest)) for picture in pictures]
        return self._batcher.submit(waiting, self._converted, deadline=deadline, wait=wait)

    def _converted(self, decoded: Sequence[Decoded]) -> list[Caption]:
        best = [each.hypotheses[0] for each in decoded]
        return [Caption(self._tokenizer.decode(each.tokens), each.score, each.reached_end) for each in best]

    def activity(self) -> Activity:
        """Return the queued, running and completed work."""
        return self._batcher.activity()

    def close(self) -> None:
        """Finish the accepted pictures and stop the decoding threads."""
        self._batcher.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
