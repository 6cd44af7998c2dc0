"""Attention weights of finished translations, by the graphs of a package."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np

from nmt.runtime.alignment import Aligner, Floats
from nmt.runtime.onnx.model import OnnxModel
from nmt.runtime.running_batch import Source


class OnnxAligner(Aligner):
    """Aligns with the graphs of a package."""

    def __init__(self, model: OnnxModel) -> None:
        """`model` has attention."""
        self._model = model

    def _steps(self, sources: Sequence[Sequence[int]]) -> Generator[Floats, list[int], None]:
        state = self._model.encode([Source(source) for source in sources], None)
        tokens = yield np.empty((0, 0), dtype=np.float32)
        while True:
            rows = np.arange(len(tokens))
            state = state.select(rows)
            _, state = self._model(np.array(tokens), state, 1, 1)
            tokens = yield self._model.attention(state)
