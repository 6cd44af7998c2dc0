"""A language model as an ONNX graph that reads given symbols, and the arrays of its first layer."""

from __future__ import annotations

from nmt.model.config import Cell
from nmt.runtime.native.language_weights import LAYER_INPUTS
from nmt.training.export.graphs.builder import Bounded, Floats, GraphBuilder
from nmt.training.export.graphs.cells import CellNodes, cell_weights
from nmt.training.language_model.settings import LanguageModelSettings


def reading_graph(settings: LanguageModelSettings, weights: dict[str, Floats], int8: bool) -> bytes:
    """Return the graph that reads `symbols` (T, R) after state.0 ... (R, H): `log_probs` (T, R, V) of the symbol after
    each, and the next states. `table` (V, G x H) is what each symbol brings to the first layer."""
    whole, body = GraphBuilder("whole", int8), GraphBuilder("body", int8)
    hidden, gates = settings.hidden, len(weights["layers.0.cell.weight_hh_l0"])
    parts = _state_parts(settings.cell) * settings.layers
    states = [whole.input(f"state.{number}", ["R", hidden]) for number in range(parts)]
    table = whole.input("table", [len(weights["output.bias"]), gates])
    symbols = whole.input("symbols", ["T", "R"], "int64")
    before = [body.input(f"step.{name}", ["R", hidden]) for name in states]
    brought = body.node("Gather", [table, body.input("step.symbols", ["R"], "int64")])
    after = _layers(body, settings, weights, brought, before)
    top = body.node("Identity", [after[-_state_parts(settings.cell)]])  # once as a state, once to be collected
    for number, tensor in enumerate(after):
        body.output(tensor, f"step.next.{number}", ["R", hidden])
    body.output(top, "step.top", ["R", hidden])
    *last, tops = whole.scan(body, states, [symbols], 1)
    logits = whole.linear([Bounded(tops, hidden)], weights["output.weight"], weights["output.bias"])
    whole.output(whole.node("LogSoftmax", [logits], axis=-1), "log_probs", ["T", "R", "V"])
    for number, tensor in enumerate(last):
        whole.output(tensor, f"next_state.{number}", ["R", hidden])
    return whole.model()


def input_arrays(settings: LanguageModelSettings, weights: dict[str, Floats]) -> dict[str, Floats]:
    """Return the arrays from which the runtime makes the table of what each symbol brings to the first layer."""
    first = cell_weights(weights, "layers.0.cell", settings.cell)
    values = (weights["embedding.weight"], first.from_input, first.input_bias)
    return dict(zip(LAYER_INPUTS, values, strict=True))


def _state_parts(cell: Cell) -> int:
    """Return the number of tensors in a layer's state."""
    return 2 if cell == "lstm" else 1


def _layers(
    body: GraphBuilder, settings: LanguageModelSettings, weights: dict[str, Floats], brought: str, before: list[str]
) -> list[str]:
    """Add all layers, of which the first gets `brought` (R, G x H); return all next states (R, H)."""
    parts = _state_parts(settings.cell)
    after: list[str] = []
    for layer in range(settings.layers):
        own = cell_weights(weights, f"layers.{layer}.cell", settings.cell)
        cell = CellNodes(body, settings.cell, settings.hidden, [own])
        state = before[layer * parts : (layer + 1) * parts]
        if layer == 0:
            after += cell.first(brought, state)
        else:
            after += cell.above([Bounded(after[-parts], settings.hidden)], state)
    return after
