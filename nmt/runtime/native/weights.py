"""The weights of a package as the compiled decoder takes them, with every size checked before native code reads one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nmt.errors import PackageCorrupt
from nmt.runtime.manifest import ENCODER, STEP
from nmt.runtime.native.onnx_file import read_graph
from nmt.runtime.native.shape import Shape
from nmt.runtime.quantization import WEIGHT_LIMIT, quantize_rows

Array = NDArray[Any]

_UNIT = np.float32(1.0 / 127)
_ZERO_POINT = 128


@dataclass(frozen=True, slots=True)
class IntegerLayer:
    """8-bit weights (I, O), a scale per output (O,), and a bias (O,) or None. All are contiguous."""

    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    bias: NDArray[np.float32] | None

    @classmethod
    def of(cls, weights: Array, scales: Array, bias: Array | None) -> IntegerLayer:
        """Return the layer of arrays of any layout."""
        own = None if bias is None else plain(bias, np.float32)
        return cls(plain(weights, np.int8), plain(scales, np.float32).ravel(), own)

    def fits(self, shape: tuple[int, int]) -> bool:
        """Whether the layer is (I, O) in all its parts."""
        outputs = (shape[1],)
        return self.weights.shape == shape and self.scales.shape == outputs and (
            self.bias is None or self.bias.shape == outputs
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Embedding:
    """8-bit embeddings (V, E) with a scale per word (V,)."""

    weights: NDArray[np.int8]
    scales: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """All weights of a model whose shapes fit its manifest."""

    shape: Shape
    products: list[IntegerLayer]
    dense: list[IntegerLayer]
    source: Embedding
    target: Embedding
    source_table: IntegerLayer
    target_table: IntegerLayer
    word_table: IntegerLayer | None
    output: Embedding
    output_bias: NDArray[np.float32]
    always: NDArray[np.int32]
    translations: NDArray[np.int32]


def read_weights(shape: Shape, encoder: bytes, step: bytes, arrays: Mapping[str, Array]) -> Weights | None:
    """Return the weights of a package's graphs and arrays, or None where its graphs are not those of `shape`, such as
    in older formats. Raises PackageCorrupt where an array contradicts the manifest."""
    products: list[IntegerLayer] = []
    dense: list[IntegerLayer] = []
    for name, content in ((ENCODER, encoder), (STEP, step)):
        try:
            found = _graph_layers(content)
        except (ValueError, UnicodeDecodeError, RecursionError) as error:
            raise PackageCorrupt(f"{name}: {error}; export the package again") from error
        products += found[0]
        dense += found[1]
    if not (_fit(products, list(shape.products())) and _fit(dense, list(shape.dense()))):
        return None
    return _with_arrays(shape, products, dense, arrays)


def _fit(layers: list[IntegerLayer], shapes: list[tuple[int, int]]) -> bool:
    return len(layers) == len(shapes) and all(map(IntegerLayer.fits, layers, shapes))


def _graph_layers(model: bytes) -> tuple[list[IntegerLayer], list[IntegerLayer]]:
    """Return the integer layers and the float32 layers with constant weights, each in the order of the nodes."""
    products: list[IntegerLayer] = []
    stored: dict[str, IntegerLayer] = {}  # 8-bit constants used in float32, by the name of what was made of them
    dense: dict[str, IntegerLayer] = {}
    for node, constants in read_graph(model).walk():
        found = [constants.get(name) for name in node.inputs]
        first = found[0] if found else None
        second = found[1] if len(found) > 1 else None
        if node.operator == "MatMulIntegerToFloat" and second is not None:
            products.append(integer_product(found))
        elif node.operator == "Cast" and first is not None and first.dtype == np.int8 and first.ndim == 2:
            stored[node.outputs[0]] = IntegerLayer.of(first.T, np.ones(len(first)), None)
        elif node.operator == "Mul" and node.inputs[0] in stored and second is not None:
            stored[node.outputs[0]] = IntegerLayer.of(stored[node.inputs[0]].weights, second, None)
        elif node.operator == "Transpose" and node.inputs[0] in stored:
            stored[node.outputs[0]] = stored[node.inputs[0]]
        elif node.operator == "MatMul" and node.inputs[1] in stored:
            dense[node.outputs[0]] = stored[node.inputs[1]]
        elif node.operator == "Add" and node.inputs[0] in dense and second is not None:
            layer = dense[node.inputs[0]]
            dense[node.inputs[0]] = IntegerLayer(layer.weights, layer.scales, plain(second, np.float32))
    return products, list(dense.values())


def integer_product(found: list[Array | None]) -> IntegerLayer:
    """Return the layer of an integer product: its rows, weights, unit, scales, zero, nothing, and perhaps a bias.

    Raises ValueError for one that is not as the exporter writes it."""
    _, weights, unit, scales, zero, *rest = found
    if weights is None or unit is None or scales is None or zero is None or weights.ndim != 2:
        raise ValueError("an integer product lacks a constant")
    if unit != _UNIT or zero != _ZERO_POINT:
        raise ValueError(f"an integer product has unit {unit} and zero {zero}, known are {_UNIT} and {_ZERO_POINT}")
    return IntegerLayer.of(weights, scales, rest[1] if len(rest) > 1 else None)


def _with_arrays(
    shape: Shape, products: list[IntegerLayer], dense: list[IntegerLayer], stored: Mapping[str, Array]
) -> Weights:
    size, sources, targets = shape.embedding_size, shape.source_vocabulary, shape.target_vocabulary
    hidden = shape.gates * shape.encoder_hidden
    source = _embedding(stored, "source.embedding", sources, size)
    target = _embedding(stored, "target.embedding", targets, size) if "target.embedding" in stored else source
    always = np.arange(targets, dtype=np.int32)
    translations = np.empty((sources, 0), dtype=np.int32)
    if "short_list.always" in stored:
        always, translations = _short_lists(stored, sources, targets)
    # Packages before format 8 store the output layer whether or not it is the target embedding.
    is_tied = shape.tie != "none" and "output" not in stored
    output = _output_of(target) if is_tied else _embedding(stored, "output", targets, size)
    bias = _array(stored, "output.bias", np.float32, (targets,))
    if "short_list.closed" in stored:
        closed = _embedding(stored, "short_list.closed", 1, size)
        output = Embedding(
            np.concatenate((output.weights, closed.weights)), np.concatenate((output.scales, closed.scales))
        )
        bias = np.append(bias, _array(stored, "short_list.closed.bias", np.float32, (1,)))
        always = np.append(always, np.int32(targets))
    return Weights(
        shape,
        products,
        dense,
        source,
        target,
        _table(stored, "source", shape.directions, hidden, size),
        _table(stored, "target", 1, shape.gates * shape.decoder_hidden, size),
        _table(stored, "word", 1, size, size) if shape.has_words else None,
        output,
        bias,
        always,
        translations,
    )


def _embedding(stored: Mapping[str, Array], name: str, words: int, size: int) -> Embedding:
    return Embedding(
        _array(stored, name, np.int8, (words, size)), _array(stored, f"{name}.scale", np.float32, (words,))
    )


def _output_of(embedding: Embedding) -> Embedding:
    """Return the output layer of a model that shares it with `embedding`, in the 7 bits of an integer product."""
    return Embedding(*quantize_rows(embedding.weights * embedding.scales[:, np.newaxis], WEIGHT_LIMIT))


def _table(stored: Mapping[str, Array], reader: str, directions: int, width: int, size: int) -> IntegerLayer:
    """Return the layer (E, D x N) that reads embeddings in D directions."""
    name = f"{reader}.input"
    weights = _array(stored, name, np.int8, (directions, width, size))
    scales = _array(stored, f"{name}.scale", np.float32, (directions, width))
    bias = None
    if f"{name}.bias" in stored:
        bias = _array(stored, f"{name}.bias", np.float32, (directions, width)).ravel()
    return IntegerLayer.of(weights.reshape(-1, size).T, scales, bias)


def _short_lists(
    stored: Mapping[str, Array], sources: int, targets: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    always, translations = stored["short_list.always"], stored.get("short_list.translations")
    if always.ndim != 1 or always.dtype.kind != "u" or not 1 <= len(always) <= targets:
        raise PackageCorrupt(f"arrays.npz: short_list.always has shape {always.shape}; export the package again")
    if (np.diff(always.astype(np.int64)) <= 0).any() or int(always[-1]) >= targets:
        raise PackageCorrupt(
            f"arrays.npz: short_list.always is not sorted, or names a word of {targets} or more; export the package "
            f"again"
        )
    if translations is None or translations.dtype.kind != "u" or translations.ndim != 2 or len(translations) != sources:
        raise PackageCorrupt("arrays.npz: short_list.translations has no row per source word; export the package again")
    if translations.size and int(translations.max()) > targets:
        raise PackageCorrupt(
            f"arrays.npz: short_list.translations names a word of more than {targets}; export the package again"
        )
    return plain(always, np.int32), plain(translations, np.int32)


def _array(stored: Mapping[str, Array], name: str, dtype: type[np.generic], shape: tuple[int, ...]) -> Array:
    array = stored.get(name)
    if array is None or array.dtype != dtype or array.shape != shape:
        found = "is missing" if array is None else f"is {array.dtype} {array.shape}"
        raise PackageCorrupt(
            f"arrays.npz: {name} {found}, the manifest says {np.dtype(dtype)} {shape}; export the package again"
        )
    return plain(array, dtype)


def plain(array: Array, dtype: type[np.generic]) -> Array:
    """Return `array` as C reads it: without gaps and aligned, which a tensor in the middle of a file need not be."""
    return np.require(array, dtype, ("C", "A"))
