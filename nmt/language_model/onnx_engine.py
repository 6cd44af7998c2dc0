"""Language models on ONNX Runtime, for machines where no decoder was compiled; the reference for the one that is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nmt.language_model.sampling import drawn
from nmt.runtime.onnx.model import open_session

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
State = tuple[Floats, ...]

_ELEMENTS = 1 << 21
"""Most log probabilities held at once: 8 MB."""


class OnnxLanguageModel:
    """p(next symbol | all symbols before), by the reading graph of a package. Threads may share it."""

    def __init__(self, graph: bytes, table: Floats, never: Sequence[int]) -> None:
        """`table` (V, G x H) is what each symbol brings to the first layer. Symbols in `never` are not sampled."""
        self._session = open_session(graph)
        self._table = table
        self._never = list(never)
        shapes = [each.shape for each in self._session.get_inputs() if each.name.startswith("state.")]
        self.state_sizes = [int(shape[1]) for shape in shapes]
        """H of each tensor of a state."""

    def read(self, symbols: Ids, state: State) -> tuple[Floats, State]:
        """Read T symbols per row, (T, R); return the log probabilities (T, R, V) after each, and the next state."""
        named = {f"state.{number}": tensor for number, tensor in enumerate(state)}
        log_probs, *after = self._session.run(None, {"symbols": symbols, "table": self._table, **named})
        return log_probs, tuple(after)

    def score(self, symbols: Ids, targets: Ids, state: State) -> tuple[Floats, State]:
        """Return the log probabilities (T, R) of `targets` (T, R), each after `symbols` (T, R), and the next state."""
        scores = np.empty(symbols.shape, dtype=np.float32)
        most = max(1, min(1024, _ELEMENTS // (symbols.shape[1] * len(self._table))))
        for start in range(0, len(symbols), most):
            part = slice(start, start + most)
            log_probs, state = self.read(symbols[part], state)
            scores[part] = np.take_along_axis(log_probs, targets[part, :, None], axis=2)[..., 0]
        return scores, state

    def sample(
        self, last: int, state: State, uniforms: NDArray[np.float64], temperature: float, top_p: float
    ) -> tuple[list[int], State]:
        """Read the symbol `last` after `state` (1, H); return T sampled symbols, and the state before the last of them.

        `uniforms` (T,), in [0, 1), choose the symbols.
        """
        symbols = [last]
        for uniform in uniforms:
            log_probs, state = self.read(np.array([symbols[-1:]]), state)
            log_probs[0, 0, self._never] = -np.inf
            symbols.append(drawn(log_probs[0, 0], temperature, top_p, float(uniform)))
        return symbols[1:], state
