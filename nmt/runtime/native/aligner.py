"""Attention weights of finished translations, by the compiled decoder."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np

from nmt.decoding import DecodingOptions
from nmt.runtime.alignment import Aligner, Floats
from nmt.runtime.native.engine import NativeEngine
from nmt.runtime.running_batch import Sentence, Source


class NativeAligner(Aligner):
    """Feeds translations through the steps of a batch, without a search."""

    def __init__(self, engine: NativeEngine) -> None:
        self._engine = engine

    def _steps(self, sources: Sequence[Sequence[int]]) -> Generator[Floats, list[int], None]:
        batch, options = self._engine.new_batch(), DecodingOptions(beam_size=1)
        batch.admit([Sentence(Source(source), self._engine.new_search(options, 1)) for source in sources])
        longest = max(map(len, sources)) + 1
        tokens = yield np.empty((0, 0), dtype=np.float32)
        while True:
            batch.select(list(range(len(tokens))))
            tokens = yield batch.feed(tokens, 1, longest).weights
