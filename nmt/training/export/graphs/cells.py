"""One time step of a recurrent layer as ONNX nodes, and its weights in the gate order of these nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nmt.model.config import Cell
from nmt.training.export.graphs.builder import Bounded, Floats, GraphBuilder

_GATE_ORDER = {"lstm": (0, 1, 3, 2), "gru": (0, 1, 2), "rnn": (0,)}
"""Reorders torch's LSTM gates i f g o as i f o g, so that one sigmoid covers the three gates that need it."""


@dataclass(frozen=True, slots=True)
class CellWeights:
    """Weights of a layer in one direction, with G gates in the order of the nodes."""

    from_input: Floats
    """(G x H, I)."""
    from_hidden: Floats
    """(G x H, H)."""
    input_bias: Floats
    """(G x H,). The whole bias, except for a GRU, whose reset gate acts on the hidden part."""
    hidden_bias: Floats | None

    @property
    def both(self) -> Floats:
        """Input and hidden weights side by side, (G x H, I + H)."""
        return np.concatenate((self.from_input, self.from_hidden), axis=1)


def cell_weights(weights: dict[str, Floats], prefix: str, cell: Cell, suffix: str = "") -> CellWeights:
    """Return the weights of the layer `prefix` from torch's; `suffix` is `_reverse` for the backward direction."""
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    from_input, from_hidden, input_bias, hidden_bias = (
        _reordered(weights[f"{prefix}.{name}_l0{suffix}"], cell) for name in names
    )
    if cell == "gru":
        return CellWeights(from_input, from_hidden, input_bias, hidden_bias)
    return CellWeights(from_input, from_hidden, input_bias + hidden_bias, None)


def _reordered(weight: Floats, cell: Cell) -> Floats:
    gates = np.split(weight, len(_GATE_ORDER[cell]))
    return np.concatenate([gates[place] for place in _GATE_ORDER[cell]])


@dataclass(frozen=True, slots=True)
class CellNodes:
    """Adds the time steps of a layer; the rows of its D directions are stacked."""

    graph: GraphBuilder
    cell: Cell
    hidden: int
    """Hidden size H."""
    directions: Sequence[CellWeights]
    """Weights of the D directions."""

    def first(self, brought: str, state: Sequence[str]) -> list[str]:
        """Add the next state (D x R, H) of a first layer; `brought` (D x R, G x H) is its input part with biases."""
        recurrent = self._products(
            [Bounded(state[0], self.hidden)], [(item.from_hidden, item.hidden_bias) for item in self.directions]
        )
        if self.cell == "gru":
            return [self._gru(brought, recurrent, state[0])]
        return self._advance(self.graph.node("Add", [recurrent, brought]), state)

    def above(self, inputs: Sequence[Bounded], state: Sequence[str]) -> list[str]:
        """Add the next state (D x R, H) of a layer that reads `inputs` (D x R, *)."""
        hidden = Bounded(state[0], self.hidden)
        if self.cell == "gru":
            brought = self._products(inputs, [(item.from_input, item.input_bias) for item in self.directions])
            recurrent = self._products([hidden], [(item.from_hidden, item.hidden_bias) for item in self.directions])
            return [self._gru(brought, recurrent, state[0])]
        gates = self._products([*inputs, hidden], [(item.both, item.input_bias) for item in self.directions])
        return self._advance(gates, state)

    def _products(self, inputs: Sequence[Bounded], layers: Sequence[tuple[Floats, Floats | None]]) -> str:
        """Apply to each direction's rows its own linear layer."""
        joined = self.graph.joined(inputs)
        if len(layers) == 1:
            return self.graph.product(joined, inputs, *layers[0])
        parts = self.graph.nodes("Split", [joined], len(layers), axis=0)
        products = [self.graph.product(part, inputs, *layer) for part, layer in zip(parts, layers, strict=True)]
        return self.graph.node("Concat", products, axis=0)

    def _advance(self, gates: str, state: Sequence[str]) -> list[str]:
        if self.cell == "rnn":
            return [self.graph.node("Tanh", [gates])]
        sizes = self.graph.integers(3 * self.hidden, self.hidden)
        open_gates, candidate = self.graph.nodes("Split", [gates, sizes], 2, axis=1)
        i, f, o = self.graph.nodes("Split", [self.graph.node("Sigmoid", [open_gates])], 3, axis=1)
        kept = self.graph.node("Mul", [f, state[1]])
        added = self.graph.node("Mul", [i, self.graph.node("Tanh", [candidate])])
        c = self.graph.node("Add", [kept, added])
        return [self.graph.node("Mul", [o, self.graph.node("Tanh", [c])]), c]

    def _gru(self, brought: str, recurrent: str, h: str) -> str:
        sizes = self.graph.integers(2 * self.hidden, self.hidden)
        brought_rz, brought_n = self.graph.nodes("Split", [brought, sizes], 2, axis=1)
        recurrent_rz, recurrent_n = self.graph.nodes("Split", [recurrent, sizes], 2, axis=1)
        rz = self.graph.node("Sigmoid", [self.graph.node("Add", [brought_rz, recurrent_rz])])
        r, z = self.graph.nodes("Split", [rz], 2, axis=1)
        n = self.graph.node("Tanh", [self.graph.node("Add", [brought_n, self.graph.node("Mul", [r, recurrent_n])])])
        # h' = (1 - z) n + z h = n + z (h - n)
        change = self.graph.node("Mul", [z, self.graph.node("Sub", [h, n])])
        return self.graph.node("Add", [n, change])
