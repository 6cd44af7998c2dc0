"""The weights of a language model's package as the compiled decoder takes them, with every size checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from nmt.errors import PackageCorrupt
from nmt.runtime.native.onnx_file import read_graph
from nmt.runtime.native.weights import Array, IntegerLayer, integer_product, plain

Floats = NDArray[np.float32]

LAYER_INPUTS = ("embedding", "input", "bias")
"""Names of the arrays of the first layer: embedding (V, E), and input weights (G x H, E) with their bias (G x H,)."""
_AGAIN = "run the nmt lm train that made it again, which exports it anew"


class LanguageShape(BaseModel):
    """The architecture that a manifest states. Other names are ignored."""

    cell: str
    layers: int
    hidden: int
    embedding: int
    precision: str

    @property
    def is_integer(self) -> bool:
        """Whether matrices are multiplied in 8 bits."""
        return self.precision == "int8"

    @property
    def gates(self) -> int:
        """G."""
        return {"lstm": 4, "gru": 3, "rnn": 1}[self.cell]

    def products(self, words: int) -> Iterator[tuple[int, int]]:
        """Yield (I, O) of each layer of the graph in the order of use, for V = `words`."""
        width = self.gates * self.hidden
        yield self.hidden, width
        for _ in range(1, self.layers):
            yield from [(self.hidden, width)] * 2 if self.cell == "gru" else [(2 * self.hidden, width)]
        yield self.hidden, words


@dataclass(frozen=True, slots=True)
class RealLayer:
    """float32 weights (I, O) and a bias (O,) or None. All are contiguous."""

    weights: Floats
    bias: Floats | None

    def fits(self, shape: tuple[int, int]) -> bool:
        """Whether the layer is (I, O) in all its parts."""
        return self.weights.shape == shape and (self.bias is None or self.bias.shape == (shape[1],))


@dataclass(frozen=True, slots=True)
class LanguageWeights:
    """All weights of a language model whose shapes fit its manifest."""

    shape: LanguageShape
    integers: list[IntegerLayer]
    """In the order of use. The first layer reads its state alone. Empty for a model in float32."""
    reals: list[RealLayer]
    """In the order of use. A GRU layer reads what is below it through a layer of its own, the others in front of their
    state. Empty for an integer model."""
    embedding: Floats
    """(V, E)."""
    input: RealLayer
    """(E, G x H): what a symbol's embedding adds to the first layer."""


def known_language_shape(model: Mapping[str, Any]) -> LanguageShape | None:
    """Return the architecture that `model` of a manifest states, or None if the compiled decoder does not know it."""
    try:
        shape = LanguageShape.model_validate(model)
    except ValidationError:
        return None
    return shape if shape.cell in {"lstm", "gru", "rnn"} and shape.precision in {"int8", "float32"} else None


def read_language_weights(
    shape: LanguageShape, words: int, name: str, graph: bytes, arrays: Mapping[str, Array]
) -> LanguageWeights:
    """Return the weights in the reading `graph`, a file called `name`, and in `arrays`, for V = `words` symbols.

    Raises PackageCorrupt where they contradict the manifest.
    """
    try:
        integers, reals = _graph_layers(graph)
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        raise PackageCorrupt(f"{name}: {error}; {_AGAIN}") from error
    expected = list(shape.products(words))
    found, other = (integers, reals) if shape.is_integer else (reals, integers)
    if other or len(found) != len(expected) or not all(map(lambda layer, size: layer.fits(size), found, expected)):
        raise PackageCorrupt(f"{name}: its layers are not those of the manifest: {_AGAIN}")
    width = shape.gates * shape.hidden
    sizes = ((words, shape.embedding), (width, shape.embedding), (width,))
    embedding, weight, bias = (_array(arrays, each, size) for each, size in zip(LAYER_INPUTS, sizes, strict=True))
    first = RealLayer(plain(weight.T, np.float32), bias)
    if not shape.is_integer:
        reals = _with_input(shape, first, reals)
    return LanguageWeights(shape, integers, reals, embedding, first)


def _graph_layers(model: bytes) -> tuple[list[IntegerLayer], list[RealLayer]]:
    """Return the integer layers and the float32 layers, each in the order of the nodes."""
    integers: list[IntegerLayer] = []
    reals: dict[str, RealLayer] = {}  # by the name of their product
    for node, constants in read_graph(model).walk():
        found = [constants.get(name) for name in node.inputs]
        second = found[1] if len(found) > 1 else None
        if second is None:
            continue
        if node.operator == "MatMulIntegerToFloat":
            integers.append(integer_product(found))
        elif node.operator == "MatMul":
            reals[node.outputs[0]] = RealLayer(plain(second, np.float32), None)
        elif node.operator == "Add" and node.inputs[0] in reals:
            reals[node.inputs[0]] = RealLayer(reals[node.inputs[0]].weights, plain(second, np.float32))
    return integers, list(reals.values())


def _with_input(shape: LanguageShape, first: RealLayer, reals: list[RealLayer]) -> list[RealLayer]:
    """Return the layers of a model in float32, of which the lowest reads embeddings."""
    state, *above = reals
    if shape.cell == "gru":
        return [first, state, *above]
    return [RealLayer(np.concatenate((first.weights, state.weights)), first.bias), *above]


def _array(arrays: Mapping[str, Array], name: str, shape: tuple[int, ...]) -> Floats:
    array = arrays.get(name)
    if array is None or array.shape != shape or array.dtype.kind != "f":
        found = "is missing" if array is None else f"is {array.dtype} {array.shape}"
        raise PackageCorrupt(f"arrays.npz: {name} {found}, the manifest says {shape}; {_AGAIN}")
    return plain(array, np.float32)
