"""`LanguageModel`: log probabilities of texts and of next symbols, and samples, on ONNX Runtime."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nmt.language_model.package import (
    ARRAYS,
    LAYER_INPUTS,
    READ,
    SAMPLE,
    SAMPLE_TOP_P,
    VOCABULARY,
    LanguageModelPackage,
)
from nmt.language_model.sampling import SampleOptions, StreamDecoder, gumbel_noise
from nmt.language_model.symbols import Ids, Symbols, symbols_from_bytes
from nmt.runtime.onnx_model import open_session

if TYPE_CHECKING:
    import onnxruntime

Floats = NDArray[np.float32]
State = tuple[Floats, ...]
"""The tensors of all layers' states, bottom first, each (R, H)."""

_ROWS = 64
"""Texts scored at once."""
_ELEMENTS = 1 << 21
"""Most log probabilities held at once: 8 MB."""
_FIRST_STEPS, _STEPS = 8, 256
"""Symbols sampled in a call of the graph: few at first, so that the text begins at once."""


class LanguageModel:
    """p(next symbol | all symbols before), loaded from a package."""

    def __init__(self, package: LanguageModelPackage) -> None:
        """Load the graphs. Raises PackageCorrupt if the vocabulary cannot be read."""
        self.manifest = package.manifest
        place = str(package.path / VOCABULARY)
        self.symbols: Symbols = symbols_from_bytes(self.manifest.symbols, package.read(VOCABULARY), place)
        with np.load(io.BytesIO(package.read(ARRAYS)), allow_pickle=False) as arrays:
            embedding, weight, bias = (arrays[name].astype(np.float32) for name in LAYER_INPUTS)
        self._table: Floats = embedding @ weight.T + bias  # (V, G x H)
        self._read = open_session(package.read(READ))
        # Read now, as another package may take the place of this one; opened when first needed.
        self._sampling = {name: package.read(name) for name in (SAMPLE, SAMPLE_TOP_P)}
        self._samplers: dict[str, onnxruntime.InferenceSession] = {}
        shapes = [each.shape for each in self._read.get_inputs() if each.name.startswith("state.")]
        self._sizes = [int(shape[1]) for shape in shapes]

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> LanguageModel:
        """Load the package at `path`. Raises PackageNotFound or PackageCorrupt."""
        return cls(LanguageModelPackage.open(path))

    def start(self, rows: int = 1) -> State:
        """Return the state of R = `rows` texts before their first symbol, a line break, is read: zero."""
        return tuple(np.zeros((rows, size), dtype=np.float32) for size in self._sizes)

    def step(self, symbols: Ids, state: State) -> tuple[Floats, State]:
        """Read one symbol per row, (R,); return the log probabilities (R, V) of the next, and the next state.

        To reorder rows, as a beam search does, index each tensor of the state.
        """
        log_probs, after = self.read(symbols[np.newaxis], state)
        return log_probs[0], after

    def read(self, symbols: Ids, state: State) -> tuple[Floats, State]:
        """Read T symbols per row, (T, R); return the log probabilities (T, R, V) after each, and the next state."""
        log_probs, *after = self._read.run(None, {"symbols": symbols, "table": self._table, **_named(state)})
        return log_probs, tuple(after)

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
            for start in range(0, len(ids), self._longest(1)):
                part = ids[start : start + self._longest(1)]
                scores, state = self._score_part(np.array([last, *part[:-1]])[:, None], part[:, None], state)
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
        name = SAMPLE if options.top_p == 1.0 else SAMPLE_TOP_P
        if name not in self._samplers:
            self._samplers[name] = open_session(self._sampling.pop(name))
        read = np.array([self.symbols.line_break, *self.symbols.encode(prefix)])
        state = self.start()
        for start in range(0, len(read) - 1, self._longest(1)):
            _, state = self.read(read[start : min(start + self._longest(1), len(read) - 1), None], state)
        symbols, steps = read[-1:], _FIRST_STEPS
        feed: dict[str, Any] = {
            "table": self._table,
            "temperature": np.array(options.temperature or 1.0, dtype=np.float32),
        }
        if options.top_p < 1.0:
            feed["top_p"] = np.array(options.top_p, dtype=np.float32)
        while length:
            steps = min(steps, length)
            noise = np.zeros((steps, 1, self.symbols.size), dtype=np.float32)
            if options.temperature:
                noise = gumbel_noise(generator, steps, self.symbols.size)[:, None]
            feed |= {"steps": np.array(steps), "symbols": symbols, "noise": noise, **_named(state)}
            ids, *after = self._samplers[name].run(None, feed)
            state, symbols = tuple(after), ids[-1]
            yield ids[:, 0].tolist()
            length -= steps
            steps = max(1, min(_STEPS, self._longest(1)))

    def _score_rows(self, ids: Sequence[Ids]) -> list[Floats]:
        """Return the scores of texts scored side by side; shorter ones are padded at their end."""
        line_break = self.symbols.line_break
        longest = max(map(len, ids)) + 1
        padded = np.full((longest + 1, len(ids)), line_break, dtype=np.int64)
        for row, each in enumerate(ids):
            padded[1 : len(each) + 1, row] = each
        state = self.start(len(ids))
        found = []
        for start in range(0, longest, self._longest(len(ids))):
            end = min(start + self._longest(len(ids)), longest)
            scores, state = self._score_part(padded[start:end], padded[start + 1 : end + 1], state)
            found.append(scores)
        scores = np.concatenate(found)  # (T, R)
        return [scores[: len(each) + 1, row] for row, each in enumerate(ids)]

    def _score_part(self, symbols: Ids, targets: Ids, state: State) -> tuple[Floats, State]:
        """Return the log probabilities (T, R) of `targets` (T, R) after `symbols` (T, R), and the next state."""
        log_probs, after = self.read(symbols, state)
        return np.take_along_axis(log_probs, targets[..., None], axis=2)[..., 0], after

    def _longest(self, rows: int) -> int:
        """Return the number of steps that are read at once."""
        return max(1, min(1024, _ELEMENTS // (rows * self.symbols.size)))


def _named(state: State) -> dict[str, Floats]:
    return {f"state.{number}": tensor for number, tensor in enumerate(state)}
