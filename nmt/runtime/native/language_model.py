"""A language model in the compiled decoder: log probabilities of symbols, and samples."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import byref, c_void_p

import numpy as np
from numpy.typing import NDArray

from nmt.errors import PackageCorrupt
from nmt.runtime.native.engine import CELLS, free_with, layer_of
from nmt.runtime.native.language_weights import LanguageWeights, RealLayer
from nmt.runtime.native.library import LanguageSizes, Layer, Library, Matrix, pointer

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
State = tuple[Floats, ...]
"""The tensors of all layers' states, bottom first, each (R, H)."""

_NO_MEMORY = -1


class NativeLanguageModel:
    """p(next symbol | all symbols before). Each call runs without the interpreter's lock; threads may share a model.

    A row's results depend on that row alone, and are the same bytes on every processor.
    """

    def __init__(self, library: Library, weights: LanguageWeights, never: Sequence[int]) -> None:
        """Copy `weights` into the layouts of the library's kernels. Symbols in `never` are not sampled.

        Raises PackageCorrupt if the library refuses them.
        """
        self._library = library
        shape = weights.shape
        self._words = len(weights.embedding)
        self.state_sizes = [shape.hidden] * (shape.layers * (2 if shape.cell == "lstm" else 1))
        """H of each tensor of a state."""
        sizes = LanguageSizes(
            CELLS[shape.cell], shape.layers, shape.hidden, shape.embedding, self._words, len(never)
        )  # fmt: skip
        integers = (Layer * len(weights.integers))(*map(layer_of, weights.integers))
        reals = (Matrix * len(weights.reals))(*map(_matrix, weights.reals))
        unwritten = np.array(never, dtype=np.int32)
        self._model = library.new_language_model(
            library.instruction_set.encode(), byref(sizes), integers or None, reals or None,
            len(integers) + len(reals), pointer(weights.embedding), byref(_matrix(weights.input)), pointer(unwritten),
        )  # fmt: skip
        if not self._model:
            raise PackageCorrupt("the weights of the language model do not fit its sizes; export the package again")
        free_with(self, library.free_language_model, self._model)

    def read(self, symbols: Ids, state: State) -> tuple[Floats, State]:
        """Read T symbols per row, (T, R); return the log probabilities (T, R, V) after each, and the next state."""
        log_probs = np.empty((*symbols.shape, self._words), dtype=np.float32)
        return log_probs, self._run(symbols, None, state, log_probs)

    def score(self, symbols: Ids, targets: Ids, state: State) -> tuple[Floats, State]:
        """Return the log probabilities (T, R) of `targets` (T, R), each after `symbols` (T, R), and the next state."""
        log_probs = np.empty(symbols.shape, dtype=np.float32)
        return log_probs, self._run(symbols, targets, state, log_probs)

    def sample(
        self, last: int, state: State, uniforms: NDArray[np.float64], temperature: float, top_p: float
    ) -> tuple[list[int], State]:
        """Read the symbol `last` after `state` (1, H); return T sampled symbols, and the state before the last of them.

        `uniforms` (T,), in [0, 1), choose the symbols.
        """
        after = _copied(state)
        symbols = np.empty(len(uniforms), dtype=np.int32)
        self._check(
            self._library.sample(
                self._model, last, _pointers(after), pointer(uniforms), len(uniforms), temperature, top_p,
                pointer(symbols),
            )
        )  # fmt: skip
        return symbols.tolist(), after

    def _run(self, symbols: Ids, targets: Ids | None, state: State, log_probs: Floats) -> State:
        after = _copied(state)
        ids = np.ascontiguousarray(symbols, dtype=np.int32)
        wanted = None if targets is None else np.ascontiguousarray(targets, dtype=np.int32)
        self._check(
            self._library.read(self._model, pointer(ids), *ids.shape, _pointers(after), pointer(wanted),
                               pointer(log_probs))
        )  # fmt: skip
        return after

    def _check(self, result: int) -> None:
        if result == _NO_MEMORY:
            raise MemoryError("no memory to read with")
        if result < 0:
            raise ValueError(f"a symbol outside the {self._words} of the language model, or an option (code {result})")


def _matrix(layer: RealLayer) -> Matrix:
    return Matrix(pointer(layer.weights), pointer(layer.bias), *layer.weights.shape)


def _copied(state: State) -> State:
    """Return a copy of `state`, which is overwritten, in the layout that C reads."""
    return tuple(np.array(tensor, dtype=np.float32, order="C") for tensor in state)


def _pointers(state: State) -> object:
    return (c_void_p * len(state))(*map(pointer, state))
