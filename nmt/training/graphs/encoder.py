"""The encoder as an ONNX graph: a scan over time in which both directions of a layer step together."""

from __future__ import annotations

import numpy as np

from nmt.model import ModelConfig
from nmt.training.graphs.builder import Bounded, Floats, GraphBuilder
from nmt.training.graphs.cells import CellNodes, CellWeights, cell_weights


def encoder_graph(config: ModelConfig, weights: dict[str, Floats], int8: bool) -> bytes:
    """source (B, S), source_length (B,), source_table -> keys (B, S, H), values (B, S, *), state.0 ... (B, H)."""
    return _EncoderGraph(config, weights, GraphBuilder("encoder", int8)).model()


def encoder_cells(config: ModelConfig, weights: dict[str, Floats], layer: int) -> list[CellWeights]:
    """A layer's weights, forward and then backward."""
    suffixes = ("", "_reverse") if config.bidirectional else ("",)
    return [cell_weights(weights, f"encoder.layers.{layer}.cell", config.cell, suffix) for suffix in suffixes]


class _EncoderGraph:
    """D directions, whose B rows each lie one below the other: the backward rows read their sentence reversed."""

    def __init__(self, config: ModelConfig, weights: dict[str, Floats], graph: GraphBuilder) -> None:
        self._config = config
        self._weights = weights
        self._graph = graph
        self._directions = 2 if config.bidirectional else 1
        self._source = graph.input("source", ["B", "S"], "int64")
        self._length = graph.input("source_length", ["B"], "int64")
        self._table = graph.input("source_table", ["rows", "gates"], "half" if graph.int8 else "float")

    def model(self) -> bytes:
        config, graph = self._config, self._graph
        ids = graph.node("Transpose", [self._source], perm=[1, 0])  # (S, B)
        mask = self._mask(ids)
        sequence, bound, last = "", 0.0, [""]
        for layer in range(config.encoder_layers):
            outputs, *last = self._layer(layer, ids if layer == 0 else sequence, mask)
            sequence = outputs if layer == 0 else graph.node("Add", [outputs, sequence])
            bound += 1.0
        if config.attention != "none":
            memory = graph.node("Transpose", [sequence], perm=[1, 0, 2])  # (B, S, D x H)
            self._attended(Bounded(memory, config.memory_size, bound))
        for number, start in enumerate(self._start_states(last)):
            graph.output(start, f"state.{number}", ["B", config.decoder_hidden])
        return graph.model()

    def _mask(self, ids: str) -> str:
        """(S, D x B, 1): whether a position is inside its sentence."""
        graph = self._graph
        steps = graph.node("Squeeze", [graph.node("Shape", [ids], start=0, end=1)])
        positions = graph.node("Range", [graph.constant(np.array(0)), steps, graph.constant(np.array(1))])
        column = graph.node("Unsqueeze", [positions, graph.integers(1)])  # (S, 1)
        inside = graph.node("Less", [column, self._length])  # (S, B)
        both = graph.node("Concat", [inside] * self._directions, axis=1)
        return graph.node("Unsqueeze", [both, graph.integers(2)])

    def _layer(self, layer: int, sequence: str, mask: str) -> list[str]:
        """Outputs (S, B, D x H), and the last state (B, D x H) in its parts, of `sequence`: ids (S, B) or (S, B, I)."""
        config, graph = self._config, self._graph
        parts = len(config.state_names)
        read = self._both_ways(sequence, offset=layer == 0)
        zeros = self._zeros(read)
        last_and_outputs = graph.scan(self._body(layer), [zeros] * parts, [read, mask], 1)
        sides = self._sides(last_and_outputs[-1], axis=1)
        if config.bidirectional:
            sides[1] = self._reversed(sides[1])
        outputs = graph.node("Concat", sides, axis=2)
        last = [graph.node("Concat", self._sides(part, axis=0), axis=1) for part in last_and_outputs[:parts]]
        return [outputs, *last]

    def _both_ways(self, sequence: str, offset: bool) -> str:
        """`sequence` (S, B, ...), and below its rows the same reversed within each sentence: (S, D x B, ...)."""
        if not self._config.bidirectional:
            return sequence
        backward = self._reversed(sequence)
        if offset:  # the second half of the table is the backward direction's
            backward = self._graph.node(
                "Add", [backward, self._graph.constant(np.array(self._config.source_vocabulary, dtype=np.int64))]
            )
        return self._graph.node("Concat", [sequence, backward], axis=1)

    def _reversed(self, sequence: str) -> str:
        return self._graph.node("ReverseSequence", [sequence, self._length], time_axis=0, batch_axis=1)

    def _sides(self, tensor: str, axis: int) -> list[str]:
        return self._graph.nodes("Split", [tensor], self._directions, axis=axis) if self._directions > 1 else [tensor]

    def _zeros(self, read: str) -> str:
        rows = self._graph.node("Shape", [read], start=1, end=2)
        shape = self._graph.node("Concat", [rows, self._graph.integers(self._config.encoder_hidden)], axis=0)
        return self._graph.node("ConstantOfShape", [shape])

    def _body(self, layer: int) -> GraphBuilder:
        """One time step of all rows: state, what they read, whether it is inside -> state, output."""
        config, hidden = self._config, self._config.encoder_hidden
        body = GraphBuilder(f"layer.{layer}", self._graph.int8)
        state = [body.input(f"layer.{layer}.{name}", ["rows", hidden]) for name in config.state_names]
        nodes = CellNodes(body, config.cell, hidden, encoder_cells(config, self._weights, layer))
        if layer == 0:
            ids = body.input("layer.0.ids", ["rows"], "int64")
            inside = body.input("layer.0.inside", ["rows", 1], "bool")
            after = nodes.first(body.looked_up(self._table, ids), state)
        else:
            below = body.input(f"layer.{layer}.below", ["rows", config.memory_size])
            inside = body.input(f"layer.{layer}.inside", ["rows", 1], "bool")
            after = nodes.above([Bounded(below, config.memory_size, float(layer))], state)
        # Past its end a row keeps the state it ended with.
        kept = [body.node("Where", [inside, new, old]) for new, old in zip(after, state, strict=True)]
        output = body.node("Identity", [kept[0]])
        for name, part in zip(config.state_names, kept, strict=True):
            body.output(part, f"layer.{layer}.next_{name}", ["rows", hidden])
        body.output(output, f"layer.{layer}.output", ["rows", hidden])
        return body

    def _attended(self, memory: Bounded) -> None:
        """Keys, and the values that attention averages: with one decoder layer, as the combining layer sees them."""
        config, graph = self._config, self._graph
        projections = [self._weights["decoder.attention.key.weight"]]
        if config.decoder_layers == 1:
            projections.append(context_weight(config, self._weights))
        projected = graph.linear([memory], np.concatenate(projections))
        sizes = [len(projection) for projection in projections]
        parts = graph.nodes("Split", [projected, graph.integers(*sizes)], len(sizes), axis=2)
        graph.output(parts[0], "keys", ["B", "S", config.decoder_hidden])
        values = [*parts, memory.tensor][1]
        graph.output(values, "values", ["B", "S", value_size(config)])

    def _start_states(self, last: list[str]) -> list[str]:
        """The bridges from the top layer's last state to each decoder layer's first: (B, H) each."""
        starts = []
        for number in range(self._config.decoder_layers * len(last)):
            which = number % len(last)
            weight = self._graph.stored(self._weights[f"decoder.bridges.{number}.weight"])
            transposed = self._graph.node("Transpose", [weight], perm=[1, 0])
            bias = self._graph.constant(self._weights[f"decoder.bridges.{number}.bias"])
            bridged = self._graph.node("Add", [self._graph.node("MatMul", [last[which], transposed]), bias])
            starts.append(self._graph.node("Tanh", [bridged]) if which == 0 else bridged)
        return starts


def context_weight(config: ModelConfig, weights: dict[str, Floats]) -> Floats:
    """(E, D x H): the part of the combining layer that reads the context."""
    return weights["decoder.combine.weight"][:, config.decoder_hidden :]


def value_size(config: ModelConfig) -> int:
    """Width of what attention averages."""
    return config.embedding_size if config.decoder_layers == 1 else config.memory_size
