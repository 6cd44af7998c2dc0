"""A language model as two ONNX graphs: one reads given symbols, the other samples symbols and reads them."""

from __future__ import annotations

import numpy as np

from nmt.language_model.package import LAYER_INPUTS
from nmt.model.config import Cell
from nmt.training.export.graphs.builder import Bounded, Floats, GraphBuilder
from nmt.training.export.graphs.cells import CellNodes, cell_weights
from nmt.training.language_model.settings import LanguageModelSettings

_NEVER = np.float32(-1e9)
"""The logit of a symbol that is never sampled."""


def reading_graph(settings: LanguageModelSettings, weights: dict[str, Floats], int8: bool) -> bytes:
    """Return the graph that reads `symbols` (T, R) after state.0 ... (R, H): `log_probs` (T, R, V) of the symbol after
    each, and the next states."""
    return _Graphs(settings, weights, int8, "R").reading()


def sampling_graph(
    settings: LanguageModelSettings, weights: dict[str, Floats], int8: bool, never: list[int], top_p: bool
) -> bytes:
    """Return the graph that reads `symbols` (R,), and then samples and reads `steps` symbols per row: `ids` (T, R).

    R is 1.

    Each step takes the largest of logits / `temperature` + `noise` (T, R, V), which with standard Gumbel noise is a
    sample of the softmax (Gumbel 1954). With `top_p`, the logits are those of the smallest set of most probable symbols
    whose probabilities sum to at least `top_p` (Holtzman et al. 2020, section 3.1), and `noise` is in their order.
    Symbols in `never` are not sampled.
    """
    return _Graphs(settings, weights, int8, 1).sampling(never, top_p)


def input_arrays(settings: LanguageModelSettings, weights: dict[str, Floats]) -> dict[str, Floats]:
    """Return the arrays from which the runtime makes the table of what each symbol brings to the first layer."""
    first = cell_weights(weights, "layers.0.cell", settings.cell)
    values = (weights["embedding.weight"], first.from_input, first.input_bias)
    return dict(zip(LAYER_INPUTS, values, strict=True))


def state_parts(cell: Cell) -> int:
    """Return the number of tensors in a layer's state."""
    return 2 if cell == "lstm" else 1


class _Graphs:
    """Builds both graphs around the body of their loop."""

    def __init__(
        self, settings: LanguageModelSettings, weights: dict[str, Floats], int8: bool, rows: str | int
    ) -> None:
        self._settings = settings
        self._weights = weights
        self._whole = GraphBuilder("whole", int8)
        self._body = GraphBuilder("body", int8)
        parts = state_parts(settings.cell) * settings.layers
        self._rows = rows
        self._states = [self._whole.input(f"state.{number}", [rows, settings.hidden]) for number in range(parts)]
        gates = len(weights["layers.0.cell.weight_hh_l0"])
        self._table = self._whole.input("table", [len(weights["output.bias"]), gates])

    def reading(self) -> bytes:
        whole, body, hidden = self._whole, self._body, self._settings.hidden
        symbols = whole.input("symbols", ["T", "R"], "int64")
        before = [body.input(f"step.{name}", ["R", hidden]) for name in self._states]
        top, after = self._layers(body.input("step.symbols", ["R"], "int64"), before)
        top = body.node("Identity", [top])  # once as a state, once to be collected
        for number, tensor in enumerate(after):
            body.output(tensor, f"step.next.{number}", ["R", hidden])
        body.output(top, "step.top", ["R", hidden])
        *last, tops = whole.scan(body, self._states, [symbols], 1)
        logits = self._logits(whole, tops, self._weights["output.bias"])
        whole.output(whole.node("LogSoftmax", [logits], axis=-1), "log_probs", ["T", "R", "V"])
        self._next_states(last)
        return whole.model()

    def sampling(self, never: list[int], top_p: bool) -> bytes:
        whole, body, hidden = self._whole, self._body, self._settings.hidden
        steps = whole.input("steps", [], "int64")
        carried = [whole.input("symbols", [self._rows], "int64"), *self._states]
        noise = whole.input("noise", ["T", self._rows, len(self._weights["output.bias"])])
        temperature = whole.input("temperature", [])
        number = body.input("step.number", [], "int64")
        body.input("step.more", [], "bool")
        symbols = body.input("step.symbols", [self._rows], "int64")
        before = [body.input(f"step.{name}", [self._rows, hidden]) for name in self._states]
        top, after = self._layers(symbols, before)
        bias = self._weights["output.bias"].copy()
        bias[never] = _NEVER
        logits = body.node("Div", [self._logits(body, top, bias), temperature])
        chosen = self._chosen(logits, body.node("Gather", [noise, number]), top_p)
        body.output(body.node("Identity", ["step.more"]), "step.still_more", [], "bool")
        ids = body.node("Identity", [chosen])  # once to be read, once to be collected
        body.output(chosen, "step.chosen", [self._rows], "int64")
        for index, tensor in enumerate(after):
            body.output(tensor, f"step.next.{index}", [self._rows, hidden])
        body.output(ids, "step.ids", [self._rows], "int64")
        _, *last, sampled = whole.loop(body, steps, carried, 1)
        whole.output(sampled, "ids", ["T", self._rows], "int64")
        self._next_states(last)
        return whole.model()

    def _chosen(self, logits: str, noise: str, top_p: bool) -> str:
        """Add the symbols (R,) sampled from `logits` (R, V) with `noise` (R, V)."""
        body = self._body
        if not top_p:
            return body.node("ArgMax", [body.node("Add", [logits, noise])], axis=1, keepdims=0)
        share = self._whole.input("top_p", [])
        size = body.integers(len(self._weights["output.bias"]))
        ordered, ids = body.nodes("TopK", [logits, size], 2, axis=1)  # (R, V), largest first
        # A symbol is in the set if those before it do not yet sum to top_p; the first always is.
        before = body.node("CumSum", [body.node("Softmax", [ordered], axis=1), body.constant(np.array(1))], exclusive=1)
        inside = body.node("Less", [before, share])
        kept = body.node("Where", [inside, ordered, body.constant(_NEVER)])
        place = body.node("ArgMax", [body.node("Add", [kept, noise])], axis=1, keepdims=1)  # (R, 1)
        return body.node("Reshape", [body.node("GatherElements", [ids, place], axis=1), body.integers(-1)])

    def _layers(self, symbols: str, before: list[str]) -> tuple[str, list[str]]:
        """Add all layers: the last one's output (R, H), and all next states."""
        settings, body, parts = self._settings, self._body, state_parts(self._settings.cell)
        after: list[str] = []
        for layer in range(settings.layers):
            weights = cell_weights(self._weights, f"layers.{layer}.cell", settings.cell)
            cell = CellNodes(body, settings.cell, settings.hidden, [weights])
            own = before[layer * parts : (layer + 1) * parts]
            if layer == 0:
                after += cell.first(body.node("Gather", [self._table, symbols]), own)
            else:
                after += cell.above([Bounded(after[-parts], settings.hidden)], own)
        return self._top_of(after), after

    def _top_of(self, states: list[str]) -> str:
        return states[-state_parts(self._settings.cell)]

    def _logits(self, graph: GraphBuilder, hidden: str, bias: Floats) -> str:
        return graph.linear([Bounded(hidden, self._settings.hidden)], self._weights["output.weight"], bias)

    def _next_states(self, last: list[str]) -> None:
        for number, tensor in enumerate(last):
            self._whole.output(tensor, f"next_state.{number}", [self._rows, self._settings.hidden])
