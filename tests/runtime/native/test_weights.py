"""What a damaged or unknown package does: it is refused, or left to ONNX Runtime, before native code reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from random_models import FORMS, SOURCES, TARGETS, Form, exported

from nmt.errors import PackageCorrupt
from nmt.runtime.native.onnx_file import Graph, read_graph
from nmt.runtime.native.weights import read_weights

WHOLE = exported(Form(heads=4, layers=2, lexical=True))


def with_array(name: str, value: Any) -> dict[str, Any]:
    return {**WHOLE.arrays, name: value}


TRANSLATIONS = WHOLE.arrays["short_list.translations"]
BEYOND = TRANSLATIONS.copy()
BEYOND[3, 1] = TARGETS + 1


@pytest.mark.parametrize(
    "arrays",
    [
        {name: value for name, value in WHOLE.arrays.items() if name != "output"},
        with_array("output", WHOLE.arrays["output"][:-1]),
        with_array("output", WHOLE.arrays["output"].astype(np.float32)),
        with_array("source.embedding", WHOLE.arrays["source.embedding"][:, :-1]),
        with_array("target.input.scale", WHOLE.arrays["target.input.scale"][..., :-1]),
        with_array("short_list.always", WHOLE.arrays["short_list.always"][::-1]),
        with_array("short_list.always", np.array([5, TARGETS], dtype=np.uint8)),
        with_array("short_list.always", np.array([], dtype=np.uint8)),
        with_array("short_list.translations", BEYOND),
        with_array("short_list.translations", TRANSLATIONS[:-1]),
        with_array("short_list.translations", TRANSLATIONS.astype(np.int64)),
    ],
    ids=range(11),
)
def test_arrays_that_contradict_the_manifest_are_refused(arrays: dict[str, Any]) -> None:
    with pytest.raises(PackageCorrupt, match=r"arrays\.npz: .*export the package again"):
        read_weights(WHOLE.shape, WHOLE.encoder, WHOLE.step, arrays)


def test_weights_beyond_seven_bits_are_refused() -> None:
    arrays = with_array("output", np.full_like(WHOLE.arrays["output"], 100))
    with pytest.raises(PackageCorrupt, match="do not fit"):
        replace(WHOLE, arrays=arrays).native()


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
