"""Untrained language models in every form, as graphs and arrays, for the two engines that run them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from nmt.language_model.onnx_engine import OnnxLanguageModel
from nmt.runtime.native import NativeLanguageModel
from nmt.runtime.native.language_weights import LanguageShape, LanguageWeights, read_language_weights
from nmt.runtime.native.library import Library, installed_library
from nmt.training.language_model.graphs import input_arrays, reading_graph
from nmt.training.language_model.network import RecurrentLanguageModel
from nmt.training.language_model.settings import parse_settings

WORDS = 37
"""V."""
UNWRITTEN = (0,)


@dataclass(frozen=True)
class LanguageForm:
    """What a language model is made of."""

    cell: str
    layers: int = 1
    precision: str = "int8"
    hidden: int = 24


LANGUAGE_FORMS = [
    LanguageForm(cell, layers, precision)
    for cell in ("lstm", "gru", "rnn")
    for layers in (1, 2)
    for precision in ("int8", "float32")
]


@dataclass(frozen=True)
class ExportedLanguageModel:
    """A model as a package has it."""

    shape: LanguageShape
    graph: bytes
    arrays: dict[str, Any]

    def weights(self) -> LanguageWeights:
        return read_language_weights(self.shape, WORDS, "read.onnx", self.graph, self.arrays)

    def native(self, library: Library | None = None) -> NativeLanguageModel:
        library = library or installed_library()
        assert library is not None
        return NativeLanguageModel(library, self.weights(), UNWRITTEN)

    def onnx(self) -> OnnxLanguageModel:
        table = self.arrays["embedding"] @ self.arrays["input"].T + self.arrays["bias"]
        if self.shape.is_integer:  # as the compiled decoder keeps it
            table = table.astype(np.float16).astype(np.float32)
        return OnnxLanguageModel(self.graph, table, UNWRITTEN)


@functools.cache
def exported_language_model(form: LanguageForm) -> ExportedLanguageModel:
    """A model with random weights, large enough that different symbols give different probabilities."""
    torch.manual_seed(0)
    settings = parse_settings([f"cell={form.cell}", f"layers={form.layers}", f"hidden={form.hidden}", "embedding=10"])
    model = RecurrentLanguageModel(settings, WORDS).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                torch.nn.init.normal_(parameter, std=0.2)
        model.output.weight *= 4.0
    weights = {name: tensor.detach().numpy() for name, tensor in model.state_dict().items()}
    return ExportedLanguageModel(
        LanguageShape(cell=form.cell, layers=form.layers, hidden=form.hidden, embedding=10, precision=form.precision),
        reading_graph(settings, weights, form.precision == "int8"),
        input_arrays(settings, weights),
    )


def with_constant_logits(logits: list[float]) -> NativeLanguageModel:
    """A model whose next symbol has these logits (V,), whatever was read."""
    zeros = {name: np.zeros(shape, dtype=np.float32) for name, shape in (
        ("layers.0.cell.weight_ih_l0", (1, 1)), ("layers.0.cell.weight_hh_l0", (1, 1)),
        ("layers.0.cell.bias_ih_l0", (1,)), ("layers.0.cell.bias_hh_l0", (1,)),
        ("embedding.weight", (len(logits), 1)), ("output.weight", (len(logits), 1)),
    )}  # fmt: skip
    weights = {**zeros, "output.bias": np.array(logits, dtype=np.float32)}
    settings = parse_settings(["cell=rnn", "layers=1", "hidden=1", "embedding=1"])
    shape = LanguageShape(cell="rnn", layers=1, hidden=1, embedding=1, precision="float32")
    graph, arrays = reading_graph(settings, weights, False), input_arrays(settings, weights)
    library = installed_library()
    assert library is not None
    return NativeLanguageModel(library, read_language_weights(shape, len(logits), "read.onnx", graph, arrays), ())
