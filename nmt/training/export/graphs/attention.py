"""Attention as ONNX nodes, for the decoder step and as a separate graph."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nmt.model import ModelConfig
from nmt.training.export.graphs.builder import Bounded, Floats, GraphBuilder


def attention_graph(config: ModelConfig, weights: dict[str, Floats], int8: bool) -> bytes:
    """Return the graph queries (R, H), keys (B, S, H), padding (B, 1, S), place_rows (B, W) -> weights (B, W, S).

    It computes the attention weights of the first head, which the decoder step does not output because translation does
    not need them. A query is the first layer's state after the step, `next_state.0`.
    """
    graph = GraphBuilder("attention", int8)
    queries = Bounded(graph.input("queries", ["R", config.decoder_hidden]), config.decoder_hidden)
    attended = Attended.inputs(graph, config)
    every_head = attention_weights(graph, config, weights, queries, attended)
    graph.output(first_head(graph, config, every_head), "weights", ["B", "W", "S"])
    return graph.model()


@dataclass(frozen=True, slots=True)
class Attended:
    """Names of the tensors that attention reads besides its queries."""

    keys: str
    """Keys (B, S, H)."""
    padding: str
    """Mask (B, 1, S): 0 inside the sentence, minus infinity outside."""
    place_rows: str
    """The row at each of a sentence's W places, (B, W)."""

    @classmethod
    def inputs(cls, graph: GraphBuilder, config: ModelConfig) -> Attended:
        """Declare the tensors as inputs of `graph`."""
        return cls(
            graph.input("keys", ["B", "S", config.decoder_hidden]),
            graph.input("padding", ["B", 1, "S"]),
            graph.input("place_rows", ["B", "W"], "int64"),
        )


def attention_weights(
    graph: GraphBuilder, config: ModelConfig, weights: dict[str, Floats], query: Bounded, attended: Attended
) -> str:
    """Add the attention weights (B, W x N, S) of each place's row and head over positions; they sum to 1 over S."""
    scores = graph.node("Add", [_scores(graph, config, weights, query, attended), attended.padding])
    return graph.node("Softmax", [scores], axis=2)


def first_head(graph: GraphBuilder, config: ModelConfig, every_head: str) -> str:
    """Add the selection of the first head: (B, W x N, S) -> (B, W, S)."""
    if config.heads == 1:
        return every_head
    ends = [graph.integers(0), graph.integers(np.iinfo(np.int64).max)]
    return graph.node("Slice", [every_head, *ends, graph.integers(1), graph.integers(config.heads)])


def _scores(
    graph: GraphBuilder, config: ModelConfig, weights: dict[str, Floats], query: Bounded, attended: Attended
) -> str:
    """Add the attention scores (B, W x N, S)."""
    if config.attention == "dot":
        placed = graph.node("Gather", [query.tensor, attended.place_rows])  # (B, W, H)
        if config.heads > 1:
            placed = _split_into_heads(graph, config, placed)
        return graph.node("FusedMatMul", [placed, attended.keys], domain="com.microsoft", transB=1)
    prefix = "decoder.attention"
    asked = graph.linear([query], weights[f"{prefix}.query.weight"], weights[f"{prefix}.query.bias"])
    placed = graph.node("Unsqueeze", [graph.node("Gather", [asked, attended.place_rows]), graph.integers(2)])
    summed = graph.node("Add", [placed, graph.node("Unsqueeze", [attended.keys, graph.integers(1)])])  # (B, W, S, H)
    energy = graph.node("Transpose", [graph.stored(weights[f"{prefix}.energy.weight"])], perm=[1, 0])
    scores = graph.node("MatMul", [graph.node("Tanh", [summed]), energy])  # (B, W, S, 1)
    return graph.node("Squeeze", [scores, graph.integers(3)])


def _split_into_heads(graph: GraphBuilder, config: ModelConfig, queries: str) -> str:
    """Add the split (B, W, H) -> (B, W x N, H): each head's own part of a query, with zeros elsewhere.

    One product of these with the keys is faster than a small one per head, and needs no transposes.
    """
    heads, hidden = config.heads, config.decoder_hidden
    own = np.repeat(np.eye(heads, dtype=np.float32), hidden // heads, axis=1)  # (N, H)
    asked = graph.node("Mul", [graph.node("Unsqueeze", [queries, graph.integers(2)]), graph.constant(own)])
    return graph.node("Reshape", [asked, graph.integers(0, -1, hidden)])
