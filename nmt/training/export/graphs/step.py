"""The decoder step as an ONNX graph."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from nmt.model import ModelConfig
from nmt.training.export.graphs.attention import Attended, attention_weights, first_head
from nmt.training.export.graphs.builder import Bounded, Floats, GraphBuilder
from nmt.training.export.graphs.cells import CellNodes, CellWeights, cell_weights
from nmt.training.export.graphs.encoder import reads_memory
from tokenizer import END_ID


def step_graph(config: ModelConfig, weights: dict[str, Floats], int8: bool) -> bytes:
    """Return the graph from tokens and the previous rows' states to candidates and states of R rows.

    `rows` (R,) gives the row of state.0 ... (*, H) that each row continues, `sentence` (R,) the one of the B sentences
    that it translates. Attention handles a sentence's rows together: `place_rows` (B, W) gives the rows at its W
    places, `row_places` (R,) the place of each row. The U columns of output_weight are the possible words; `words` and
    `columns` (B, L) give the words open to each sentence and their columns. The graph makes up to `steps` steps, from
    the second on continuing each row's best word, until all rows' best word is <END>; ids and log_probs are (T, R, k).

    If the first layer also reads a vector at every step, the last state (*, G x H) is what it adds to that layer's
    gates. No step changes it.
    """
    return _StepGraph(config, weights, int8).model()


def decoder_cell(config: ModelConfig, weights: dict[str, Floats], layer: int) -> CellWeights:
    """Return the weights of a decoder layer."""
    return cell_weights(weights, f"decoder.layers.{layer}.cell", config.cell)


def vector_weights(config: ModelConfig, weights: dict[str, Floats]) -> Floats:
    """Return the weights (G x H, P) of the vector that the first decoder layer reads; P is 0 in a translator."""
    return decoder_cell(config, weights, 0).from_input[:, config.embedding_size :]


class _StepGraph:
    """Builds the graph and the body of its loop, which can read the inputs of the graph."""

    def __init__(self, config: ModelConfig, weights: dict[str, Floats], int8: bool) -> None:
        self._config = config
        self._weights = weights
        self._whole = GraphBuilder("step", int8)
        self._graph = GraphBuilder("body", int8)
        self._sentence = self._whole.input("sentence", ["R"], "int64")
        sizes = [config.decoder_hidden] * (len(config.state_names) * config.decoder_layers)
        from_vector = vector_weights(config, weights)
        self._reads_vector = from_vector.shape[1] > 0
        if self._reads_vector:
            sizes.append(len(from_vector))
        self._states = {f"state.{number}": size for number, size in enumerate(sizes)}

    def model(self) -> bytes:
        whole, names = self._whole, self._states
        rows = whole.input("rows", ["R"], "int64")
        carried = [whole.input("tokens", ["R"], "int64")]
        carried += [whole.node("Gather", [whole.input(name, ["before", size]), rows]) for name, size in names.items()]
        steps = whole.input("steps", [], "int64")
        self._body()
        _, *after, ids, log_probs = whole.loop(self._graph, steps, carried, 2)
        whole.output(ids, "ids", ["T", "R", "K"], "int64")
        whole.output(log_probs, "log_probs", ["T", "R", "K"])
        for (name, size), tensor in zip(names.items(), after, strict=True):
            whole.output(tensor, f"next_{name}", ["R", size])
        return whole.model()

    def _body(self) -> None:
        """Build one step: tokens and states -> each row's best word, states and candidates."""
        graph = self._graph
        graph.input("step.number", [], "int64")
        graph.input("step.more", [], "bool")
        tokens = graph.input("step.tokens", ["R"], "int64")
        states = [graph.input(f"step.{name}", ["R", size]) for name, size in self._states.items()]
        outputs, brought, after = self._layers(tokens, states)
        combined = self._combined(outputs, brought)
        choices, log_probs = self._chosen(self._logits(graph.node("Tanh", [combined])))
        words = self._words(choices)
        following = graph.node("Gather", [words, graph.constant(np.array(0))], axis=1)
        graph.output(self._any_goes_on(following), "step.still_more", [], "bool")
        graph.output(following, "step.next_tokens", ["R"], "int64")
        for (name, size), tensor in zip(self._states.items(), after, strict=True):
            graph.output(tensor, f"step.next_{name}", ["R", size])
        graph.output(words, "step.words", ["R", "K"], "int64")
        graph.output(log_probs, "step.log_probs", ["R", "K"])

    def _words(self, choices: str) -> str:
        """Add the words (R, K) that each row's `choices` select from the words of its sentence."""
        graph, whole = self._graph, self._whole
        words = whole.input("words", ["B", "L"], "int64")
        first = whole.node("Mul", [self._sentence, whole.node("Shape", [words], start=1, end=2)])
        column = whole.node("Unsqueeze", [first, whole.integers(1)])
        flat = whole.node("Reshape", [words, whole.integers(-1)])
        return graph.node("Gather", [flat, graph.node("Add", [column, choices])])

    def _any_goes_on(self, words: str) -> str:
        """Add whether any of `words` (R,) is not <END>."""
        distance = self._graph.node("Sub", [words, self._graph.constant(np.array(END_ID))])
        return self._graph.node(
            "Cast", [self._graph.node("ReduceSumSquare", [distance], keepdims=0)], to=TensorProto.BOOL
        )

    def _layers(self, tokens: str, states: list[str]) -> tuple[list[Bounded], str | None, list[str]]:
        """Add all layers: the combining layer's inputs, its part already computed (R, E), and all next states."""
        config, graph = self._config, self._graph
        parts = len(config.state_names)
        table = self._whole.input("target_table", ["V", "gates"], "half" if graph.int8 else "float")
        read = graph.looked_up(table, tokens)
        if self._reads_vector:
            read = graph.node("Add", [read, states[-1]])
        after = self._nodes(0).first(read, states[:parts])
        outputs = Bounded(after[0], config.decoder_hidden)
        context, brought = ([], None) if config.attention == "none" else self._attended(outputs)
        for layer in range(1, config.decoder_layers):
            above = self._nodes(layer).above([outputs, *context], states[layer * parts : (layer + 1) * parts])
            after += above
            outputs = self._connected(layer, outputs, above[0])
        if self._reads_vector:
            after.append(states[-1])
        return [outputs, *(context if config.heads > 1 else [])], brought, after

    def _connected(self, layer: int, below: Bounded, above: str) -> Bounded:
        """Add the sum of a layer's input and its output `above` (R, H), or what a gate makes of them."""
        graph, hidden = self._graph, self._config.decoder_hidden
        if self._config.connection == "residual":
            return Bounded(graph.node("Add", [above, below.tensor]), hidden, below.bound + 1.0)
        weight, bias = (self._weights[f"decoder.highways.{layer - 1}.gate.{part}"] for part in ("weight", "bias"))
        gate = graph.node("Sigmoid", [graph.linear([below], weight, bias)])
        # t a + (1 - t) b = b + t (a - b) lies between a and b, so the bound stays.
        change = graph.node("Mul", [gate, graph.node("Sub", [above, below.tensor])])
        return Bounded(graph.node("Add", [below.tensor, change]), hidden, below.bound)

    def _nodes(self, layer: int) -> CellNodes:
        config = self._config
        return CellNodes(self._graph, config.cell, config.decoder_hidden, [decoder_cell(config, self._weights, layer)])

    def _combined(self, read: list[Bounded], brought: str | None) -> str:
        """Add the output of the combining layer (R, E) before its tanh."""
        graph = self._graph
        weight, bias = self._weights["decoder.combine.weight"], self._weights["decoder.combine.bias"]
        own = graph.linear(read, weight[:, : sum(each.size for each in read)], bias)
        return own if brought is None else graph.node("Add", [own, brought])

    def _logits(self, combined: str) -> str:
        """Add the logits (R, U)."""
        config, graph = self._config, self._graph
        weight = self._whole.input("output_weight", [config.embedding_size, "U"], "int8" if graph.int8 else "float")
        bias = self._whole.input("output_bias", ["U"])
        if not graph.int8:
            # Add one extra row, because a product with a single row rounds differently from one with several.
            first = graph.node("Gather", [combined, graph.integers(0)])
            product = graph.node("MatMul", [graph.node("Concat", [combined, first], axis=0), weight])
            ends = [graph.integers(0), graph.integers(-1), graph.integers(0)]
            return graph.node("Add", [graph.node("Slice", [product, *ends]), bias])
        scale = self._whole.input("output_scale", ["U"])
        quantized = graph.quantized(Bounded(combined, config.embedding_size))
        return graph.integer_product(quantized, weight, scale, bias)

    def _chosen(self, logits: str) -> tuple[str, str]:
        """Add the k best of each row's own columns, and their log probabilities."""
        graph = self._graph
        columns = self._whole.input("columns", ["B", "L"], "int64")
        k = self._whole.input("k", [1], "int64")
        # Gather each row's words in its own order, so that their sum does not depend on the rest of the batch.
        open_to_row = self._whole.node("Gather", [columns, self._sentence])
        own = graph.node("GatherElements", [logits, open_to_row], axis=1)
        log_probs, choices = graph.nodes("TopK", [graph.node("LogSoftmax", [own], axis=1), k], 2, axis=1)
        return choices, log_probs

    def _attended(self, query: Bounded) -> tuple[list[Bounded], str | None]:
        """Add the attention of each row's query (R, H): averages of the memory (R, D) and of the values (R, E).

        An average that nothing reads is omitted. The combining layer's weights are already applied to the values.
        """
        config, graph, whole = self._config, self._graph, self._whole
        attended = Attended.inputs(whole, config)
        self._row_places = whole.input("row_places", ["R"], "int64")
        attention = attention_weights(graph, config, self._weights, query, attended)  # (B, W x N, S)
        averages: list[Bounded] = []
        brought = None
        if reads_memory(config):
            memory = graph.node("MatMul", [attention, whole.input("memory", ["B", "S", config.memory_size])])
            of_rows = self._of_rows(self._own_numbers(memory), config.memory_size)
            # A residual stack of L layers, each in (-1, 1), stays in (-L, L), as does any average of it.
            averages.append(Bounded(of_rows, config.memory_size, float(config.encoder_layers)))
        if config.word_size or config.heads == 1:
            values = whole.input("values", ["B", "S", config.embedding_size])
            first = first_head(graph, config, attention)
            brought = self._of_rows(graph.node("MatMul", [first, values]), config.embedding_size)
        return averages, brought

    def _own_numbers(self, averages: str) -> str:
        """Reduce each head's average of the whole memory, (B, W x N, D), to the head's own part, (B, W, D).

        As in `nmt.model.attention.attend`, each head owns an Nth of both halves. One product with the whole memory is
        faster than a small one per head, and needs no transposes.
        """
        config, graph, heads = self._config, self._graph, self._config.heads
        if heads == 1:
            return averages
        own = np.repeat(np.eye(heads, dtype=np.float32), config.memory_size // (2 * heads), axis=1)  # (N, D / 2)
        apart = graph.node("Reshape", [averages, graph.integers(0, -1, heads, config.memory_size)])
        masked = graph.node("Mul", [apart, graph.constant(np.tile(own, 2))])
        return graph.node("ReduceSum", [masked, graph.integers(2)], keepdims=0)

    def _of_rows(self, placed: str, size: int) -> str:
        """Add the lookup of each row's place: (B, W, size) -> (R, size)."""
        flat = self._graph.node("Reshape", [placed, self._graph.integers(-1, size)])
        return self._graph.node("Gather", [flat, self._row_places])
