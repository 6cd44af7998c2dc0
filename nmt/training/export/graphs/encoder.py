"""The encoder as an ONNX graph: a scan over time that steps both directions of a layer together."""

from __future__ import annotations

import numpy as np

from nmt.model import ModelConfig
from nmt.training.export.graphs.builder import Bounded, Floats, GraphBuilder
from nmt.training.export.graphs.cells import CellNodes, CellWeights, cell_weights
from tokenizer import PAD_ID


def encoder_graph(config: ModelConfig, weights: dict[str, Floats], int8: bool) -> bytes:
    """Return the graph rows (S, D x B), places (B, S, D), tables -> keys (B, S, H), values (B, S, E), states (B, H).

    `rows` are the table rows that each scan step reads: each column is a sentence, padded with <PAD> at its start.
    `places` give, as a flat index into (S, D x B), where each direction read each position. With several layers,
    `below` (S, D x B, D) gives the same for the position read at each place.

    The values are the memory projected by the combining layer, plus in a lexical model the rows of the words in
    `word_table` (V, E). With several decoder layers or heads, the graph also outputs the `memory` (B, S, D) for the
    step. With several heads, each of which attends to its own part, the values are of the words alone.
    """
    return _EncoderGraph(config, weights, GraphBuilder("encoder", int8)).model()


def encoder_cells(config: ModelConfig, weights: dict[str, Floats], layer: int) -> list[CellWeights]:
    """Return the weights of an encoder layer: forward, then backward."""
    suffixes = ("", "_reverse") if config.bidirectional else ("",)
    return [cell_weights(weights, f"encoder.layers.{layer}.cell", config.cell, suffix) for suffix in suffixes]


class _EncoderGraph:
    """Builds the encoder graph with the B rows of its D directions stacked; backward rows read sentences reversed.

    A zero state stays exactly zero while a row reads <PAD>, whose table row is zero. The padding before a sentence
    therefore needs no mask, and the state after the last step is the state after the last word.
    """

    def __init__(self, config: ModelConfig, weights: dict[str, Floats], graph: GraphBuilder) -> None:
        self._config = config
        self._weights = weights
        self._graph = graph
        self._directions = 2 if config.bidirectional else 1
        self._rows = graph.input("rows", ["S", "DB"], "int64")
        self._table = graph.input("source_table", ["V", "gates"], "half" if graph.int8 else "float")

    def model(self) -> bytes:
        config, graph = self._config, self._graph
        brought = graph.looked_up(self._table, self._rows)  # (S, D x B, G x H)
        sequence, *last = self._layer(0, brought)
        if config.encoder_layers > 1:
            graph.input("below", ["S", "DB", self._directions], "int64")
        for layer in range(1, config.encoder_layers):
            outputs, *last = self._layer(layer, self._gathered(sequence, "below"))
            sequence = graph.node("Add", [outputs, sequence])
        places = graph.input("places", ["B", "S", self._directions], "int64")
        if config.attention != "none":
            memory = self._gathered(sequence, places)  # (B, S, D x H)
            self._attended(Bounded(memory, config.memory_size, float(config.encoder_layers)), places)
        for number, start in enumerate(self._start_states(last)):
            graph.output(start, f"state.{number}", ["B", config.decoder_hidden])
        return graph.model()

    def _gathered(self, sequence: str, places: str) -> str:
        """Gather `sequence` (S, D x B, H) at `places` (*, D), with directions side by side: (*, D x H)."""
        graph = self._graph
        flat = graph.node("Reshape", [sequence, graph.integers(-1, self._config.encoder_hidden)])
        found = graph.node("Gather", [flat, places])  # (*, D, H)
        return graph.node("Reshape", [found, graph.integers(0, 0, self._config.memory_size)])

    def _layer(self, layer: int, sequence: str) -> list[str]:
        """Add a layer over `sequence` (S, D x B, *): outputs (S, D x B, H), then the last state's parts (B, D x H)."""
        graph, parts = self._graph, len(self._config.state_names)
        states, sequences = [self._zeros()] * parts, [sequence]
        if self._needs_mask(layer):
            inside = graph.node("Greater", [self._rows, graph.constant(np.array(PAD_ID))])
            sequences.append(graph.node("Unsqueeze", [inside, graph.integers(2)]))
        *ends, outputs = graph.scan(self._body(layer), states, sequences, 1)
        return [outputs, *(self._side_by_side(end) for end in ends)]

    def _needs_mask(self, layer: int) -> bool:
        """Return whether <PAD> would change a zero state, because of a bias that is not in the table."""
        return layer > 0 or self._config.cell == "gru"

    def _side_by_side(self, end: str) -> str:
        """Rearrange (D x B, H) as (B, D x H)."""
        if self._directions == 1:
            return end
        return self._graph.node("Concat", self._graph.nodes("Split", [end], self._directions, axis=0), axis=1)

    def _zeros(self) -> str:
        count = self._graph.node("Shape", [self._rows], start=1, end=2)
        shape = self._graph.node("Concat", [count, self._graph.integers(self._config.encoder_hidden)], axis=0)
        return self._graph.node("ConstantOfShape", [shape])

    def _body(self, layer: int) -> GraphBuilder:
        """Return one time step of all rows: state, input, mask if needed -> state, output."""
        config, hidden = self._config, self._config.encoder_hidden
        body = GraphBuilder(f"layer.{layer}", self._graph.int8)
        state = [body.input(f"layer.{layer}.{name}", ["rows", hidden]) for name in config.state_names]
        nodes = CellNodes(body, config.cell, hidden, encoder_cells(config, self._weights, layer))
        if layer == 0:
            after = nodes.first(body.input("layer.0.brought", ["rows", "gates"]), state)
        else:
            below = body.input(f"layer.{layer}.below", ["rows", config.memory_size])
            after = nodes.above([Bounded(below, config.memory_size, float(layer))], state)
        if self._needs_mask(layer):
            inside = body.input(f"layer.{layer}.inside", ["rows", 1], "bool")
            after = [body.node("Where", [inside, new, old]) for new, old in zip(after, state, strict=True)]
        output = body.node("Identity", [after[0]])
        for name, part in zip(config.state_names, after, strict=True):
            body.output(part, f"layer.{layer}.next_{name}", ["rows", hidden])
        body.output(output, f"layer.{layer}.output", ["rows", hidden])
        return body

    def _attended(self, memory: Bounded, places: str) -> None:
        """Output the keys of `memory` (B, S, D), and the values and memory that attention averages."""
        config, graph = self._config, self._graph
        values = [self._words(places)] if config.word_size else []
        key = self._weights["decoder.attention.key.weight"]
        if config.heads == 1:
            combining = self._weights["decoder.combine.weight"][:, config.decoder_hidden :][:, : config.memory_size]
            projected = graph.linear([memory], np.concatenate([key, combining]))
            sizes = graph.integers(config.decoder_hidden, config.embedding_size)
            keys, brought = graph.nodes("Split", [projected, sizes], 2, axis=2)
            values.append(brought)
        else:
            keys = graph.linear([memory], key)
        graph.output(keys, "keys", ["B", "S", config.decoder_hidden])
        if values:
            total = graph.node("Add", values) if len(values) > 1 else values[0]
            graph.output(total, "values", ["B", "S", config.embedding_size])
        if reads_memory(config):
            graph.output(memory.tensor, "memory", ["B", "S", config.memory_size])

    def _words(self, places: str) -> str:
        """Add the contribution of each position's word to the combining layer, (B, S, E)."""
        graph = self._graph
        table = graph.input("word_table", ["V", self._config.embedding_size], "half" if graph.int8 else "float")
        forward = graph.node("Gather", [places, graph.constant(np.array(0))], axis=2)  # (B, S)
        rows = graph.node("Reshape", [self._rows, graph.integers(-1)])
        return graph.looked_up(table, graph.node("Gather", [rows, forward]))

    def _start_states(self, last: list[str]) -> list[str]:
        """Add the bridges from the top layer's last state to the decoder layers' initial states, (B, H) each."""
        starts = []
        for number in range(self._config.decoder_layers * len(last)):
            which = number % len(last)
            weight = self._graph.stored(self._weights[f"decoder.bridges.{number}.weight"])
            transposed = self._graph.node("Transpose", [weight], perm=[1, 0])
            bias = self._graph.constant(self._weights[f"decoder.bridges.{number}.bias"])
            bridged = self._graph.node("Add", [self._graph.node("MatMul", [last[which], transposed]), bias])
            starts.append(self._graph.node("Tanh", [bridged]) if which == 0 else bridged)
        return starts


def reads_memory(config: ModelConfig) -> bool:
    """Return whether the step averages the memory itself, not only the values projected by the combining layer."""
    return config.attention != "none" and (config.decoder_layers > 1 or config.heads > 1)
