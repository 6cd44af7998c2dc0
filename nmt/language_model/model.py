"""`LanguageModel`: log probabilities of texts and of next symbols, and samples."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nmt.errors import PackageCorrupt
from nmt.language_model.onnx_engine import OnnxLanguageModel
from nmt.language_model.package import ARRAYS, READ, VOCABULARY, LanguageModelPackage
from nmt.language_model.sampling import SampleOptions, StreamDecoder
from nmt.language_model.symbols import Ids, Symbols, symbols_from_bytes
from nmt.runtime.native import NativeLanguageModel
from nmt.runtime.native.language_weights import LAYER_INPUTS, known_language_shape, read_language_weights
from nmt.runtime.native.library import installed_library

Floats = NDArray[np.float32]
State = tuple[Floats, ...]
"""The tensors of all layers' states, bottom first, each (R, H)."""

_ROWS = 64
"""Texts scored at once."""
_STEPS = 1024
"""Most symbols of a long text that are scored at once."""
_FIRST_SAMPLED, _SAMPLED = 8, 256
"""Symbols sampled in a call of the engine: few at first, so that the text begins at once."""


class Engine(Protocol):
    """What runs the model: the compiled decoder, or ONNX Runtime."""

    state_sizes: list[int]
    """H of each tensor of a state."""

    def read(self, symbols: Ids, state: State) -> tuple[Floats, State]:
        """Read T symbols per row, (T, R); return the log probabilities (T, R, V) after each, and the next state."""

    def score(self, symbols: Ids, targets: Ids, state: State) -> tuple[Floats, State]:
        """Return the log probabilities (T, R) of `targets` (T, R), each after `symbols` (T, R), and the next state."""

    def sample(
        self, last: int, state: State, uniforms: NDArray[np.float64], temperature: float, top_p: float
    ) -> tuple[list[int], State]:
        """Read `last`; return T symbols that `uniforms` (T,) choose, and the state before the last of them."""


class LanguageModel:
    """p(next symbol | all symbols before), loaded from a package."""

    def __init__(self, package: LanguageModelPackage) -> None:
        """Load the model. Raises PackageCorrupt if a file cannot be read."""
        self.manifest = package.manifest
        place = str(package.path / VOCABULARY)
        self.symbols: Symbols = symbols_from_bytes(self.manifest.symbols, package.read(VOCABULARY), place)
        self._engine = _engine(package, self.symbols)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> LanguageModel:
        """Load the package at `path`. Raises PackageNotFound or PackageCorrupt."""
        return cls(LanguageModelPackage.open(path))

    def start(self, rows: int = 1) -> State:
        """Return the state of R = `rows` texts before their first symbol, a line break, is read: zero."""
        return tuple(np.zeros((rows, size), dtype=np.float32) for size in self._engine.state_sizes)

    def step(self, symbols: Ids, state: State) -> tuple[Floats, State]:
        """Read one symbol per row, (R,); return the log probabilities (R, V) of the next, and the next state.

        To reorder rows, as a beam search does, index each tensor of the state.
        """
        log_probs, after = self.read(symbols[np.newaxis], state)
        return log_probs[0], after

    def read(self, symbols: Ids, state: State) -> tuple[Floats, State]:
        """Read T symbols per row, (T, R); return the log probabilities (T, R, V) after each, and the next state."""
        return self._engine.read(symbols, state)

    def score(self, texts: Sequence[str]) -> list[Floats]:
        """Return, for each text, the natural log probability of each of its symbols and of the line break after it.

        The sum of a text's N + 1 values is the log probability of the text as a whole line.
        """
        ids = [self.symbols.encode(text) for text in texts]
        order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
        scores: list[Floats] = [np.empty(0, dtype=np.float32)] * len(ids)
        for start in range(0, len(order), _ROWS):
            rows = order[start : start + _ROWS]
            for index, found in zip(rows, self._score_rows([ids[index] for index in rows]), strict=True):
                scores[index] = found
        return scores

    def score_stream(self, blocks: Iterable[str]) -> Iterator[tuple[Ids, Floats]]:
        """Yield the ids (N,) and log probabilities (N,) of one long text, given in blocks, with its state carried on.

        Subwords do not reach across blocks.
        """
        state, last = self.start(), self.symbols.line_break
        for block in blocks:
            ids = self.symbols.encode(block)
            found = []
            for start in range(0, len(ids), _STEPS):
                part = ids[start : start + _STEPS]
                scores, state = self._engine.score(np.array([last, *part[:-1]])[:, None], part[:, None], state)
                found.append(scores[:, 0])
                last = int(part[-1])
            if found:
                yield ids, np.concatenate(found)

    def sample(self, prefix: str, length: int, options: SampleOptions | None = None) -> Iterator[str]:
        """Continue `prefix` by `length` symbols, and yield the text piece by piece. The same seed gives the same."""
        options = options or SampleOptions()
        generator = np.random.default_rng(options.seed)
        decoder = StreamDecoder(self.symbols)
        for ids in self._sample_ids(prefix, length, options, generator):
            if text := decoder.add(ids):
                yield text
        if text := decoder.rest():
            yield text

    def _sample_ids(
        self, prefix: str, length: int, options: SampleOptions, generator: np.random.Generator
    ) -> Iterator[list[int]]:
        read = np.array([self.symbols.line_break, *self.symbols.encode(prefix)])
        _, state = self._engine.score(read[:-1, None], read[1:, None], self.start())
        last, steps = int(read[-1]), _FIRST_SAMPLED
        while length:
            uniforms = generator.random(min(steps, length))
            ids, state = self._engine.sample(last, state, uniforms, options.temperature, options.top_p)
            yield ids
            last, steps = ids[-1], _SAMPLED
            length -= len(ids)

    def _score_rows(self, ids: Sequence[Ids]) -> list[Floats]:
        """Return the scores of texts scored side by side; shorter ones are padded at their end."""
        line_break = self.symbols.line_break
        longest = max(map(len, ids)) + 1
        padded = np.full((longest + 1, len(ids)), line_break, dtype=np.int64)
        for row, each in enumerate(ids):
            padded[1 : len(each) + 1, row] = each
        scores, _ = self._engine.score(padded[:-1], padded[1:], self.start(len(ids)))  # (T, R)
        return [scores[: len(each) + 1, row] for row, each in enumerate(ids)]


def _engine(package: LanguageModelPackage, symbols: Symbols) -> Engine:
    """Return the compiled decoder or, where there is none or it does not know the package, ONNX Runtime."""
    graph, arrays = package.read(READ), _arrays(package)
    library, shape = installed_library(), known_language_shape(package.manifest.model)
    if library is not None and shape is not None:
        weights = read_language_weights(shape, symbols.size, READ, graph, arrays)
        return NativeLanguageModel(library, weights, symbols.unwritten)
    embedding, weight, bias = (arrays[name].astype(np.float32) for name in LAYER_INPUTS)
    return OnnxLanguageModel(graph, embedding @ weight.T + bias, symbols.unwritten)


def _arrays(package: LanguageModelPackage) -> dict[str, NDArray[Any]]:
    try:
        with np.load(io.BytesIO(package.read(ARRAYS)), allow_pickle=False) as stored:
            return {name: stored[name] for name in LAYER_INPUTS}
    except (KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise PackageCorrupt(f"{package.path / ARRAYS}: {error}; copy the package again") from error
