"""What a damaged or unknown package does: it is refused, or left to ONNX Runtime, before native code reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper
from random_models import FORMS, SOURCES, TARGETS, Form, exported

from nmt.errors import PackageCorrupt
from nmt.runtime.native.onnx_file import Graph, read_graph
from nmt.runtime.native.weights import read_weights

WHOLE = exported(Form(heads=4, layers=2, lexical=True))


def with_array(name: str, value: Any) -> dict[str, Any]:
    return {**WHOLE.arrays, name: value}


def stored_output(weights: NDArray[np.int8]) -> dict[str, Any]:
    return {"output": weights, "output.scale": np.ones(len(weights), dtype=np.float32)}


def with_closed_words(weights: NDArray[Any]) -> dict[str, Any]:
    one = np.ones(1, dtype=np.float32)
    return {
        **WHOLE.arrays, "short_list.closed": weights, "short_list.closed.scale": one, "short_list.closed.bias": one
    }  # fmt: skip


SIZE = WHOLE.shape.embedding_size
TRANSLATIONS = WHOLE.arrays["short_list.translations"]
BEYOND = TRANSLATIONS.copy()
BEYOND[3, 1] = TARGETS + 1


@pytest.mark.parametrize(
    "arrays",
    [
        {name: value for name, value in WHOLE.arrays.items() if name != "source.embedding"},
        with_array("output", WHOLE.arrays["target.embedding"][:-1]),
        with_array("output", WHOLE.arrays["target.embedding"].astype(np.float32)),
        with_array("source.embedding", WHOLE.arrays["source.embedding"][:, :-1]),
        with_array("target.input.scale", WHOLE.arrays["target.input.scale"][..., :-1]),
        with_array("short_list.always", WHOLE.arrays["short_list.always"][::-1]),
        with_array("short_list.always", np.array([5, TARGETS], dtype=np.uint8)),
        with_array("short_list.always", np.array([], dtype=np.uint8)),
        with_array("short_list.translations", BEYOND),
        with_array("short_list.closed", np.zeros((1, SIZE), dtype=np.int8)),  # no scale
        with_closed_words(np.zeros((2, SIZE), dtype=np.int8)),
        with_closed_words(np.zeros((1, SIZE), dtype=np.float32)),
        with_closed_words(np.zeros(SIZE, dtype=np.int8)),
        with_array("short_list.translations", TRANSLATIONS[:-1]),
        with_array("short_list.translations", TRANSLATIONS.astype(np.int64)),
    ],
    ids=range(15),
)
def test_arrays_that_contradict_the_manifest_are_refused(arrays: dict[str, Any]) -> None:
    with pytest.raises(PackageCorrupt, match=r"arrays\.npz: .*export the package again"):
        read_weights(WHOLE.shape, WHOLE.encoder, WHOLE.step, arrays)


def test_weights_beyond_seven_bits_are_refused() -> None:
    arrays = {**WHOLE.arrays, **stored_output(np.full_like(WHOLE.arrays["target.embedding"], 100))}
    with pytest.raises(PackageCorrupt, match="do not fit"):
        replace(WHOLE, arrays=arrays).native()


def test_an_output_layer_of_its_own_must_be_there() -> None:
    untied = exported(Form(tie="none"))
    assert "output" in untied.arrays
    arrays = {name: value for name, value in untied.arrays.items() if name != "output"}
    with pytest.raises(PackageCorrupt, match="output is missing"):
        read_weights(untied.shape, untied.encoder, untied.step, arrays)


def test_the_output_layer_of_a_tied_model_is_its_target_embedding_in_seven_bits() -> None:
    embedding, output = WHOLE.weights().target, WHOLE.weights().output
    assert "output" not in WHOLE.arrays
    assert np.abs(output.weights).max() == 63
    difference = output.weights * output.scales[:, None] - embedding.weights * embedding.scales[:, None]
    assert np.all(np.abs(difference) <= 0.5001 * output.scales[:, None])
    np.testing.assert_array_equal(
        WHOLE.onnx_arrays().output.columns(np.arange(TARGETS))["output_weight"], output.weights.T
    )


def test_a_stored_output_layer_is_kept_as_in_older_formats() -> None:
    kept = np.ones_like(WHOLE.arrays["target.embedding"])
    older = replace(WHOLE, arrays={**WHOLE.arrays, **stored_output(kept)})
    np.testing.assert_array_equal(older.weights().output.weights, kept)
    np.testing.assert_array_equal(older.onnx_arrays().output.columns(np.arange(TARGETS))["output_weight"], kept.T)


@pytest.mark.parametrize("change", [{"decoder_layers": 3}, {"decoder_hidden": 48}, {"attention": "none"}])
def test_graphs_of_another_shape_are_left_to_onnx_runtime(change: dict[str, Any]) -> None:
    shape = WHOLE.shape.model_copy(update=change)
    assert read_weights(shape, WHOLE.encoder, WHOLE.step, WHOLE.arrays) is None


@pytest.mark.parametrize("size", [0, 1, 40, 1000, -1, -400])
def test_a_graph_that_is_cut_is_refused(size: int) -> None:
    with pytest.raises(PackageCorrupt, match=r"encoder\.onnx: .*; export the package again"):
        read_weights(WHOLE.shape, WHOLE.encoder[:size], WHOLE.step, WHOLE.arrays)


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_the_reader_finds_what_onnx_finds(form: Form) -> None:
    for content in (exported(form).encoder, exported(form).step):
        same(read_graph(content), onnx.load_from_string(content).graph)


def same(graph: Graph, expected: onnx.GraphProto) -> None:
    assert set(graph.constants) == {each.name for each in expected.initializer}
    for each in expected.initializer:
        np.testing.assert_array_equal(graph.constants[each.name], numpy_helper.to_array(each))
    for node, theirs in zip(graph.nodes, expected.node, strict=True):
        assert (node.operator, node.inputs, node.outputs) == (theirs.op_type, tuple(theirs.input), tuple(theirs.output))
        bodies = [each.g for each in theirs.attribute if each.name == "body"]
        assert (node.body is not None) == bool(bodies)
        if node.body is not None:
            same(node.body, bodies[0])


def test_sizes_of_the_vocabulary_are_those_of_the_arrays() -> None:
    weights = WHOLE.weights()
    assert (len(weights.source.weights), len(weights.output.weights)) == (SOURCES, TARGETS)
