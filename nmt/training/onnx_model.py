"""The encoder and the decoder step as ONNX graphs, node by node as `nmt.model` computes them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nmt.model import ModelConfig, Seq2Seq
from nmt.training.graph import Floats, GraphBuilder, Operand

_ONNX_KINDS = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}
_ONNX_GATES = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2), "rnn": (0,)}
"""Where ONNX's gates stand in torch's order: i o f c of i f g o; z r h of r z n."""


class Bounded(NamedTuple):
    """A tensor (*, size) whose elements lie in [-bound, bound]."""

    tensor: str
    size: int
    bound: float


def weights_of(model: Seq2Seq) -> dict[str, Floats]:
    """Every weight by its torch name, tied ones under each of their names."""
    return {name: tensor.detach().float().cpu().numpy() for name, tensor in model.state_dict().items()}


def encoder_graph(config: ModelConfig, weights: dict[str, Floats], int8: bool) -> bytes:
    """source (B, S), source_length (B,) -> memory (B, S, D), keys (B, S, H), state.0 ... (B, H)."""
    graph = GraphBuilder("encoder", int8)
    source = graph.input("source", ["B", "S"], integer=True)
    length = graph.input("source_length", ["B"], integer=True)
    lengths = graph.node("Cast", [length], to=6)  # int32, as the recurrent operators want it
    embedded = graph.embedding(source, weights["encoder.embedding.weight"])  # (B, S, E)
    sequence = graph.node("Transpose", [embedded], perm=[1, 0, 2])  # (S, B, E)
    last: list[str] = []
    for index in range(config.encoder_layers):
        outputs, *last = _recurrent(graph, config, weights, f"encoder.layers.{index}.cell", [sequence, lengths])
        merged = graph.node("Transpose", [outputs], perm=[0, 2, 1, 3])  # (S, B, directions, H)
        above = graph.node("Reshape", [merged, graph.constant(np.array([0, 0, config.memory_size]))])  # (S, B, D)
        sequence = above if index == 0 else graph.node("Add", [above, sequence])
    if config.attention != "none":
        memory = graph.node("Transpose", [sequence], perm=[1, 0, 2])  # (B, S, D)
        keys = graph.node("MatMul", [memory, _transposed(graph, weights["decoder.attention.key.weight"])])
        graph.output(memory, "memory", ["B", "S", config.memory_size])
        graph.output(keys, "keys", ["B", "S", config.decoder_hidden])
    for number, start in enumerate(_start_states(graph, config, weights, last)):
        graph.output(start, f"state.{number}", ["B", config.decoder_hidden])
    return graph.model()


def step_graph(config: ModelConfig, weights: dict[str, Floats], int8: bool) -> bytes:
    """tokens (R,), state.0 ... (R, H), k and the encoded source -> ids, log_probs (R, k), next_state.0 ..."""
    graph = GraphBuilder("step", int8)
    tokens = graph.input("tokens", ["R"], integer=True)
    k = graph.input("k", [1], integer=True)
    hidden, per_layer = config.decoder_hidden, len(config.state_names)
    states = [graph.input(f"state.{number}", ["R", hidden]) for number in range(per_layer * config.decoder_layers)]
    table = weights["decoder.embedding.weight"]
    inputs = [Bounded(graph.embedding(tokens, table), config.embedding_size, float(np.abs(table).max()))]
    outputs, bound = "", 1.0  # every cell keeps h in (-1, 1)
    context: list[Bounded] = []
    after: list[str] = []
    for index in range(config.decoder_layers):
        state = states[index * per_layer : (index + 1) * per_layer]
        next_state = _cell(graph, config, weights, f"decoder.layers.{index}.cell", inputs, state)
        after += next_state
        if index == 0:
            outputs = next_state[0]
            if config.attention != "none":
                # A residual stack of L layers, each in (-1, 1), stays in (-L, L); so does any average of it.
                attended = _attend(graph, config, weights, outputs)
                context = [Bounded(attended, config.memory_size, float(config.encoder_layers))]
        else:
            outputs, bound = graph.node("Add", [next_state[0], outputs]), bound + 1.0
        inputs = [Bounded(outputs, hidden, bound), *context]
    combined = _linear(graph, inputs, weights["decoder.combine.weight"], weights["decoder.combine.bias"])
    squashed = graph.node("Tanh", [combined])  # (R, E)
    logits = graph.linear([Operand(squashed, weights["output.weight"], 1.0)], weights["output.bias"])  # (R, V)
    log_probs, ids = graph.nodes("TopK", [graph.node("LogSoftmax", [logits], axis=1), k], 2, axis=1)
    graph.output(ids, "ids", ["R", "K"], integer=True)
    graph.output(log_probs, "log_probs", ["R", "K"])
    for number, tensor in enumerate(after):
        graph.output(tensor, f"next_state.{number}", ["R", hidden])
    return graph.model()


def _recurrent(
    graph: GraphBuilder, config: ModelConfig, weights: dict[str, Floats], prefix: str, inputs: list[str]
) -> list[str]:
    """One encoder layer: outputs (S, directions, B, H), then the last h and c (directions, B, H)."""
    suffixes = ["", "_reverse"] if config.bidirectional else [""]

    def stacked(kind: str) -> Floats:
        return np.stack([_reordered(weights[f"{prefix}.{kind}_l0{suffix}"], config) for suffix in suffixes])

    bias = np.concatenate([stacked("bias_ih"), stacked("bias_hh")], axis=1)  # (directions, 2 x gates x H)
    attributes: dict[str, Any] = {"linear_before_reset": 1} if config.cell == "gru" else {}
    sequence, lengths = inputs
    return graph.nodes(
        _ONNX_KINDS[config.cell],
        [
            sequence,
            graph.stored(stacked("weight_ih")),
            graph.stored(stacked("weight_hh")),
            graph.constant(bias),
            lengths,
        ],
        1 + len(config.state_names),
        hidden_size=config.encoder_hidden,
        direction="bidirectional" if config.bidirectional else "forward",
        **attributes,
    )


def _reordered(weight: Floats, config: ModelConfig) -> Floats:
    gates = np.split(weight, len(_ONNX_GATES[config.cell]))
    return np.concatenate([gates[place] for place in _ONNX_GATES[config.cell]])


def _start_states(graph: GraphBuilder, config: ModelConfig, weights: dict[str, Floats], last: list[str]) -> list[str]:
    """The bridges from the top layer's last state to each decoder layer's first: (B, H) each."""
    flat = []
    for part in last:
        rows = graph.node("Transpose", [part], perm=[1, 0, 2])  # (B, directions, H)
        flat.append(graph.node("Reshape", [rows, graph.constant(np.array([0, config.memory_size]))]))  # (B, D)
    starts = []
    for number in range(config.decoder_layers * len(flat)):
        which = number % len(flat)
        weight = _transposed(graph, weights[f"decoder.bridges.{number}.weight"])
        bias = graph.constant(weights[f"decoder.bridges.{number}.bias"])
        bridged = graph.node("Add", [graph.node("MatMul", [flat[which], weight]), bias])
        starts.append(graph.node("Tanh", [bridged]) if which == 0 else bridged)
    return starts


def _transposed(graph: GraphBuilder, weight: Floats) -> str:
    return graph.node("Transpose", [graph.stored(weight)], perm=[1, 0])


def _linear(graph: GraphBuilder, inputs: list[Bounded], weight: Floats, bias: Floats | None) -> str:
    """A linear layer over the concatenation of `inputs`."""
    parts = np.split(weight, np.cumsum([part.size for part in inputs])[:-1], axis=1)
    return graph.linear(
        [Operand(item.tensor, part, item.bound) for item, part in zip(inputs, parts, strict=True)], bias
    )


def _cell(
    graph: GraphBuilder,
    config: ModelConfig,
    weights: dict[str, Floats],
    prefix: str,
    inputs: list[Bounded],
    state: list[str],
) -> list[str]:
    """One step of a decoder layer: `inputs` (R, *) and `state` (R, H) each -> the next state."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    from_input, from_hidden, input_bias, hidden_bias = (weights[f"{prefix}.{name}_l0"] for name in names)
    hidden = Bounded(state[0], config.decoder_hidden, 1.0)
    if config.cell == "gru":
        return [_gru(graph, _linear(graph, inputs, from_input, input_bias), hidden, from_hidden, hidden_bias)]
    both = np.concatenate((from_input, from_hidden), axis=1)
    gates = _linear(graph, [*inputs, hidden], both, input_bias + hidden_bias)  # (R, gates x H)
    if config.cell == "rnn":
        return [graph.node("Tanh", [gates])]
    i, f, g, o = graph.nodes("Split", [gates], 4, axis=1)
    kept = graph.node("Mul", [graph.node("Sigmoid", [f]), state[1]])
    added = graph.node("Mul", [graph.node("Sigmoid", [i]), graph.node("Tanh", [g])])
    c = graph.node("Add", [kept, added])
    return [graph.node("Mul", [graph.node("Sigmoid", [o]), graph.node("Tanh", [c])]), c]


def _gru(graph: GraphBuilder, from_input: str, hidden: Bounded, from_hidden: Floats, hidden_bias: Floats) -> str:
    recurrent = _linear(graph, [hidden], from_hidden, hidden_bias)
    input_r, input_z, input_n = graph.nodes("Split", [from_input], 3, axis=1)
    hidden_r, hidden_z, hidden_n = graph.nodes("Split", [recurrent], 3, axis=1)
    r = graph.node("Sigmoid", [graph.node("Add", [input_r, hidden_r])])
    z = graph.node("Sigmoid", [graph.node("Add", [input_z, hidden_z])])
    n = graph.node("Tanh", [graph.node("Add", [input_n, graph.node("Mul", [r, hidden_n])])])
    # h' = (1 - z) n + z h = n + z (h - n)
    change = graph.node("Mul", [z, graph.node("Sub", [hidden.tensor, n])])
    return graph.node("Add", [n, change])


def _attend(graph: GraphBuilder, config: ModelConfig, weights: dict[str, Floats], query: str) -> str:
    """Context (R, D) of `query` (R, H) over each row's own sentence."""
    sentence = graph.input("sentence", ["R"], integer=True)
    memory = graph.input("memory", ["B", "S", config.memory_size])
    keys = graph.input("keys", ["B", "S", config.decoder_hidden])
    length = graph.input("source_length", ["B"], integer=True)
    last_axis = graph.constant(np.array([2]))
    own_keys = graph.node("Gather", [keys, sentence])  # (R, S, H)
    if config.attention == "dot":
        scores = graph.node("MatMul", [own_keys, graph.node("Unsqueeze", [query, last_axis])])  # (R, S, 1)
    else:
        asked = _linear(
            graph,
            [Bounded(query, config.decoder_hidden, 1.0)],
            weights["decoder.attention.query.weight"],
            weights["decoder.attention.query.bias"],
        )
        summed = graph.node("Add", [own_keys, graph.node("Unsqueeze", [asked, graph.constant(np.array([1]))])])
        energy = _transposed(graph, weights["decoder.attention.energy.weight"])  # (H, 1)
        scores = graph.node("MatMul", [graph.node("Tanh", [summed]), energy])  # (R, S, 1)
    flat = graph.node("Squeeze", [scores, last_axis])  # (R, S)
    shape = graph.node("Shape", [keys], start=1, end=2)
    steps = graph.node("Squeeze", [shape])
    positions = graph.node("Range", [graph.constant(np.array(0)), steps, graph.constant(np.array(1))])  # (S,)
    own_length = graph.node("Unsqueeze", [graph.node("Gather", [length, sentence]), graph.constant(np.array([1]))])
    real = graph.node("Less", [positions, own_length])  # (R, S)
    masked = graph.node("Where", [real, flat, graph.constant(np.float32(-np.inf))])
    attention = graph.node("Softmax", [masked], axis=1)
    row = graph.node("Unsqueeze", [attention, graph.constant(np.array([1]))])  # (R, 1, S)
    context = graph.node("MatMul", [row, graph.node("Gather", [memory, sentence])])  # (R, 1, D)
    graph.output(attention, "attention", ["R", "S"])
    return graph.node("Squeeze", [context, graph.constant(np.array([1]))])
