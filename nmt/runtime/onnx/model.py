"""The two ONNX graphs of a package as an encoder and a `Step`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nmt.decoding import Candidates, DecodingOptions, LexicalBias, Search, new_search
from nmt.errors import ConfigError
from nmt.runtime.arrays import ModelArrays
from nmt.runtime.manifest import ARRAYS, ATTENTION, ENCODER, STEP
from nmt.runtime.onnx.encoder_layout import Layout
from nmt.runtime.onnx.encoder_memory import Floats, Sources
from nmt.runtime.package import Package
from nmt.runtime.running_batch import RunningBatch, Source
from nmt.runtime.short_lists import Ids
from nmt.runtime.words import Spelling
from tokenizer import END_ID, START_ID

if TYPE_CHECKING:
    import onnxruntime

_LEAST_PLACES = 2
"""The runtime computes a product with a single row differently from one with several rows, and rounds it differently.
The last bit of a result would then depend on the rest of the batch."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Maps each of R rows to its sentence, and each of B sentences to its rows for attention."""

    sentence: Ids
    """Shape (R,): the slot of each row's sentence. The rows of a sentence are adjacent."""
    place_rows: Ids
    """Shape (B, W): the row in each place of a sentence. An empty place holds any row."""
    row_places: Ids
    """Shape (R,): the place of each row, counted through all sentences."""

    @classmethod
    def of(cls, sentence: Ids, count: int) -> Placement:
        """Return the placement of the rows of `count` sentences."""
        rows = np.arange(len(sentence))
        if len(sentence) == count:  # one row each
            row_places = _LEAST_PLACES * sentence
            place_rows = np.zeros(_LEAST_PLACES * count, dtype=np.int64)
            place_rows[row_places] = rows
            return cls(sentence, place_rows.reshape(count, _LEAST_PLACES), row_places)
        starts = np.flatnonzero(np.diff(sentence, prepend=-1))
        place = rows - np.repeat(starts, np.diff(starts, append=len(rows)))
        width = max(_LEAST_PLACES, int(place.max(initial=0)) + 1)
        row_places = sentence * width + place
        place_rows = np.zeros(count * width, dtype=np.int64)
        place_rows[row_places] = rows
        return cls(sentence, place_rows.reshape(count, width), row_places)


@dataclass(frozen=True, slots=True)
class RowState:
    """Decoder state of R running rows. Shares `sources` with the states derived from it, which replace it."""

    sources: Sources
    placement: Placement
    rows: Ids
    """Shape (R,): the index of each row's state in `layers`."""
    layers: tuple[Floats, ...]
    """State of each layer, each of shape (*, H)."""
    has_rare: bool = False
    """Whether a sentence that was here has rare words, so that searches ask what the rows attend to."""

    def select(self, rows: Ids) -> RowState:
        """Reorder, repeat or drop rows: `rows` has shape (R',). The rows of a sentence stay adjacent."""
        sentence = self.placement.sentence[rows]
        before = self.placement.sentence
        if len(sentence) == len(before) and (sentence == before).all():
            return replace(self, rows=self.rows[rows])
        staying = np.unique(sentence)
        if len(staying) < len(self.sources):
            sentence = self.sources.keep(staying)[sentence]
        return replace(self, placement=Placement.of(sentence, len(self.sources)), rows=self.rows[rows])


class OnnxModel:
    """Encoder and decoder step. Each row's results depend on that row alone. Safe to use from several threads."""

    def __init__(self, encoder: bytes, step: bytes, arrays: ModelArrays, attention: bytes | None = None) -> None:
        """`attention` is the graph of what a step attends to; None for a model without attention."""
        self._attention = None if attention is None else open_session(attention)
        self._encoder = open_session(encoder)
        self._step = open_session(step)
        self._arrays = arrays
        self._every_word = np.arange(arrays.output.padding)
        inputs = {each.name: each.shape for each in self._encoder.get_inputs()}
        self._reads = _Pictures() if arrays.source_table is None else _Sentences(inputs, arrays, arrays.source_table)
        outputs = [output.name for output in self._encoder.get_outputs()]
        self._memory_names = [name for name in ("keys", "values", "memory") if name in outputs]
        self._state_names = [name for name in outputs if name.startswith("state.")]
        self._step_outputs = ["ids", "log_probs", *(f"next_{name}" for name in self._state_names)]

    @classmethod
    def of_package(cls, package: Package[Any]) -> OnnxModel:
        """Load the model of `package`. Raises PackageCorrupt."""
        with package.open_file(ARRAYS) as file:
            attention = package.read(ATTENTION) if ATTENTION in package.manifest.files else None
            return cls(package.read(ENCODER), package.read(STEP), ModelArrays.read(file), attention)

    def encode(self, sources: Sequence[Source], running: RowState | None) -> RowState:
        """Return a state with one row for each of `sources`, after the rows of `running`."""
        feed, lengths = self._reads.feed(sources)
        outputs = self._encoder.run([*self._memory_names, *self._state_names], feed)
        words = [self._words(source) for source in sources]
        state = running or self._empty()
        memory = dict(zip(self._memory_names, outputs[: len(self._memory_names)], strict=True))
        slots = state.sources.add(memory, lengths, words)
        layers = tuple(
            np.concatenate(pair) for pair in zip(state.layers, outputs[len(self._memory_names) :], strict=True)
        )
        fresh = np.arange(len(layers[0]) - len(sources), len(layers[0]))
        sentence = np.concatenate((state.placement.sentence, slots))
        has_rare = state.has_rare or any(source.rare for source in sources)
        placement = Placement.of(sentence, len(state.sources))
        return RowState(state.sources, placement, np.concatenate((state.rows, fresh)), layers, has_rare)

    def __call__(self, tokens: Ids, state: RowState, k: int, steps: int) -> tuple[list[Candidates], RowState]:
        """Run `steps` steps. Return the k best next subwords of each row of `tokens` (R,), continuing from the best
        one."""
        placement, closed = state.placement, self._arrays.output.has_closed
        feed: dict[str, NDArray[Any]] = {
            "tokens": tokens,
            "rows": state.rows,
            "sentence": placement.sentence,
            "k": np.array([k + closed]),
            # The graph would go on from closed words.
            "steps": np.array(1 if closed else steps),
            "target_table": self._arrays.target_table,
            **state.sources.feed,
            **dict(zip(self._state_names, state.layers, strict=True)),
        }
        if self._memory_names:
            feed |= {"place_rows": placement.place_rows, "row_places": placement.row_places}
        ids, log_probs, *layers = self._step.run(self._step_outputs, feed)
        if closed:
            is_closed = ids == self._arrays.output.padding
            kept = np.argsort(is_closed, axis=2, kind="stable")[:, :, :k]
            ids, log_probs = (np.take_along_axis(each, kept, axis=2) for each in (ids, log_probs))
        after = RowState(state.sources, placement, np.arange(len(tokens)), tuple(layers), state.has_rare)
        attention = self.attention(after) if state.has_rare and self._attention and len(ids) == 1 else None
        return [Candidates(*step, attention) for step in zip(ids, log_probs, strict=True)], after

    def attention(self, state: RowState) -> Floats:
        """Return what the rows of `state`, as a step returned it, attended to in that step: (R, S), of the first
        head. The model has attention."""
        assert self._attention is not None
        feed = {name: state.sources.feed[name] for name in ("keys", "padding")}
        (weights,) = self._attention.run(
            None, {**feed, "queries": state.layers[0], "place_rows": state.placement.place_rows}
        )  # (B, W, S)
        attention: Floats = weights.reshape(-1, weights.shape[2])[state.placement.row_places]
        return attention

    def _words(self, source: Source) -> Ids:
        lists = self._arrays.short_lists
        return self._every_word if lists is None else lists.of(source.ids, source.copied)

    def _empty(self) -> RowState:
        nothing = np.empty(0, dtype=np.int64)
        layers = tuple(
            np.empty((0, output.shape[1]), dtype=np.float32)
            for output in self._encoder.get_outputs()
            if output.name in self._state_names
        )
        return RowState(Sources(self._arrays.output), Placement.of(nothing, 0), nothing, layers)


class OnnxEngine:
    """A model whose searches are those of `nmt.decoding`."""

    def __init__(self, model: OnnxModel, spelling: Spelling | None = None) -> None:
        self.model = model
        self._spelling = spelling
        self._ends_word = spelling.subwords.ends_word if spelling else []

    def new_search(self, options: DecodingOptions, max_length: int, source: Source | None = None) -> Search:
        """Return the search of `source` that `options` select. `max_length` applies unless they set their own."""
        if self._spelling is None or source is None or options.beam_size == 1:
            return new_search(options, START_ID, END_ID, max_length)
        spelling = self._spelling.of(source.copied) if self._spelling.beginnings else None
        bias = LexicalBias(source.rare, self._ends_word) if source.rare else None
        return new_search(options, START_ID, END_ID, max_length, spelling, bias)

    def new_batch(self) -> RunningBatch[Any, RowState]:
        """Return an empty batch, for one thread."""
        return RunningBatch(self.model)


class _Sentences:
    """Feeds sentences to the encoder graph."""

    def __init__(self, inputs: Mapping[str, Any], arrays: ModelArrays, table: NDArray[np.floating]) -> None:
        """`inputs` maps the names of the graph's inputs to their shapes. `table` is the source table of `arrays`."""
        self._has_layers = "below" in inputs
        self._tables = {"source_table": table}
        if arrays.word_table is not None:
            self._tables["word_table"] = arrays.word_table
        self._directions = inputs["places"][-1]
        self._source_words = len(table) // self._directions

    def feed(self, sources: Sequence[Source]) -> tuple[dict[str, NDArray[Any]], list[int]]:
        """Return the graph's inputs for B `sources`, and the number of positions of each."""
        layout = Layout.of([source.ids for source in sources], self._directions, self._source_words)
        feed = {"rows": layout.rows, "places": layout.places(), **self._tables}
        if self._has_layers:
            feed["below"] = layout.below()
        return feed, layout.lengths.tolist()


class _Pictures:
    """Feeds pictures to the encoder graph."""

    def feed(self, sources: Sequence[Source]) -> tuple[dict[str, NDArray[Any]], list[int]]:
        """Return the graph's input (B, 3, P, P) for B `sources`, each of which counts as one position."""
        pictures = [source.picture for source in sources if source.picture is not None]
        return {"pictures": np.stack(pictures)}, [1] * len(pictures)


def open_session(graph: bytes) -> onnxruntime.InferenceSession:
    """Load `graph` for execution in the calling thread. Several threads may run it at once.

    Raises ConfigError where ONNX Runtime is not installed.
    """
    try:
        import onnxruntime  # 40 MB, which a process that decodes with compiled code need not load
    except ModuleNotFoundError as error:
        raise ConfigError(
            "ONNX Runtime is not installed, and runs what the compiled decoder does not: pip install "
            "'seq2seq-translator[onnx]'"
        ) from error
    options = onnxruntime.SessionOptions()
    # Each decoding thread computes by itself. Several such threads use the processors better than threads that wait
    # for each other at every matrix product, and far better when the machine has other work.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # every batch has a new shape, so a cached pattern would never fit
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
