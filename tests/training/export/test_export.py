"""The ONNX graphs compute what the torch model computes."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from nmt.model import ModelConfig, Seq2Seq
from nmt.model.config import Connection
from nmt.runtime import ModelPackage
from nmt.runtime.alignment import Pair
from nmt.runtime.arrays import ModelArrays
from nmt.runtime.onnx.aligner import OnnxAligner
from nmt.runtime.onnx.model import OnnxModel
from nmt.runtime.quantization import quantize_rows
from nmt.runtime.running_batch import Source
from nmt.training.export.graphs import (
    attention_graph,
    encoder_graph,
    model_arrays,
    step_graph,
    weights_of,
)

START, END, PAD, V = 2, 3, 0, 60
SOURCES = [[5, 6, 7], [8, 9, 10, 11, 12]]
TARGETS = [[START, 20, 21], [START, 30, 31]]


def small_model(
    cell: str,
    attention: str,
    bidirectional: bool,
    layers: int,
    lexical: bool = True,
    decoder_layers: int | None = None,
    heads: int = 1,
    connection: Connection = "residual",
) -> tuple[ModelConfig, Seq2Seq]:
    torch.manual_seed(0)
    config = ModelConfig(
        50,
        V,
        cell=cell,  # type: ignore[arg-type]
        attention=attention,  # type: ignore[arg-type]
        attention_heads=heads,
        connection=connection,
        bidirectional=bidirectional,
        lexical=lexical,
        encoder_layers=layers,
        decoder_layers=decoder_layers or layers,
        embedding_size=16,
        encoder_hidden=16,
        decoder_hidden=32,
    )
    model = Seq2Seq(config, PAD).eval()
    for parameter in model.parameters():
        if parameter.dim() == 1:
            torch.nn.init.normal_(parameter, std=0.1)
    return config, model


def runtime_model(config: ModelConfig, model: Seq2Seq, int8: bool) -> OnnxModel:
    weights = weights_of(model)
    attention = None if config.attention == "none" else attention_graph(config, weights, int8)
    return OnnxModel(
        encoder_graph(config, weights, int8),
        step_graph(config, weights, int8),
        ModelArrays.read(io.BytesIO(model_arrays(config, weights, int8))),
        attention,
    )


def graph_log_probs(config: ModelConfig, model: Seq2Seq, int8: bool) -> NDArray[np.float32]:
    """(B, T, V) from the graphs, stepping through TARGETS."""
    onnx_model = runtime_model(config, model, int8)
    state = onnx_model.encode([Source(ids) for ids in SOURCES], None)
    rows = np.empty((2, 3, V), dtype=np.float32)
    for step in range(3):
        (candidates,), state = onnx_model(np.array([target[step] for target in TARGETS]), state, V, 1)
        np.put_along_axis(rows[:, step], candidates.ids, candidates.log_probs, axis=1)
    return rows


LENGTHS = torch.tensor([4, 6])
PADDED = torch.tensor([[*ids, END] + [PAD] * (5 - len(ids)) for ids in SOURCES])


def torch_log_probs(model: Seq2Seq) -> NDArray[np.float32]:
    with torch.no_grad():
        logits = model(PADDED, LENGTHS, torch.tensor(TARGETS))
    return torch.log_softmax(logits, dim=2).numpy()


@pytest.mark.parametrize(
    ("cell", "attention", "bidirectional", "layers", "lexical"),
    [
        *itertools.product(("lstm", "gru", "rnn"), ("none", "dot", "additive"), (True,), (2,), (True,)),
        *itertools.product(("lstm",), ("dot",), (False,), (1,), (True, False)),
        ("lstm", "dot", True, 2, False),
    ],
)
def test_both_graphs_agree_with_the_torch_model(
    cell: str, attention: str, bidirectional: bool, layers: int, lexical: bool
) -> None:
    config, model = small_model(cell, attention, bidirectional, layers, lexical)
    expected = torch_log_probs(model)
    np.testing.assert_allclose(graph_log_probs(config, model, int8=False), expected, atol=1e-4)
    np.testing.assert_allclose(graph_log_probs(config, model, int8=True), expected, atol=0.1)


@pytest.mark.parametrize(
    ("cell", "bidirectional", "heads", "layers", "lexical"),
    [
        *itertools.product(("lstm",), (True,), (2, 4), (1, 2), (True, False)),
        ("gru", True, 2, 1, True),
        ("rnn", True, 2, 2, False),
        ("lstm", False, 4, 1, True),
    ],
)
def test_several_heads_agree_with_the_torch_model(
    cell: str, bidirectional: bool, heads: int, layers: int, lexical: bool
) -> None:
    config, model = small_model(cell, "dot", bidirectional, layers, lexical, heads=heads)
    expected = torch_log_probs(model)
    np.testing.assert_allclose(graph_log_probs(config, model, int8=False), expected, atol=1e-4)
    np.testing.assert_allclose(graph_log_probs(config, model, int8=True), expected, atol=0.1)


@pytest.mark.parametrize(("encoder_layers", "decoder_layers"), [(1, 1), (1, 2), (2, 1), (2, 3)])
def test_encoder_and_decoder_may_differ_in_depth(encoder_layers: int, decoder_layers: int) -> None:
    config, model = small_model("lstm", "dot", True, encoder_layers, decoder_layers=decoder_layers)
    expected = torch_log_probs(model)
    np.testing.assert_allclose(graph_log_probs(config, model, int8=False), expected, atol=1e-4)
    np.testing.assert_allclose(graph_log_probs(config, model, int8=True), expected, atol=0.1)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("decoder_layers", [1, 2, 3])
def test_highway_connections_agree_with_the_torch_model(cell: str, decoder_layers: int) -> None:
    config, model = small_model(cell, "dot", True, 1, decoder_layers=decoder_layers, heads=2, connection="highway")
    expected = torch_log_probs(model)
    np.testing.assert_allclose(graph_log_probs(config, model, int8=False), expected, atol=1e-4)
    np.testing.assert_allclose(graph_log_probs(config, model, int8=True), expected, atol=0.1)


@pytest.mark.parametrize(("attention", "heads"), [("dot", 1), ("dot", 2), ("additive", 1)])
@pytest.mark.parametrize(("cell", "layers"), [("lstm", 1), ("lstm", 2), ("gru", 2)])
def test_an_alignment_is_the_attention_of_the_torch_model(cell: str, attention: str, heads: int, layers: int) -> None:
    config, model = small_model(cell, attention, True, layers, heads=heads)
    with torch.no_grad():
        start = model.decoder.start(model.encoder(PADDED, LENGTHS))
        expected = model.decoder(torch.tensor(TARGETS), start)[2].numpy()  # (B, T, S)
    pairs = [Pair(source, [*target[1:], END]) for source, target in zip(SOURCES, TARGETS, strict=True)]
    for int8, tolerance in ((False, 1e-5), (True, 0.05)):
        aligner = OnnxAligner(runtime_model(config, model, int8))
        for weights, full, length in zip(aligner.weights(pairs), expected, LENGTHS, strict=True):
            np.testing.assert_allclose(weights, full[:, :length], atol=tolerance)


@pytest.mark.parametrize("int8", [False, True])
@pytest.mark.parametrize(("layers", "heads"), [(1, 1), (1, 2), (2, 1), (2, 2)])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_longer_neighbour_changes_no_bit_of_what_was_read(
    cell: str, bidirectional: bool, layers: int, heads: int, int8: bool
) -> None:
    model = runtime_model(*small_model(cell, "dot", bidirectional, layers, heads=heads), int8)
    short, long = Source([5, 6]), Source([8, 9, 10, 11, 12, 13, 14])
    alone, beside = model.encode([short], None), model.encode([short, long], None)
    for one, two in zip(alone.layers, beside.layers, strict=True):
        np.testing.assert_array_equal(one[0], two[0])
    for name in ["keys", "values", *(["memory"] if layers > 1 or heads > 1 else [])]:
        np.testing.assert_array_equal(alone.sources.feed[name][0, :3], beside.sources.feed[name][0, :3])


def test_several_steps_in_a_call_are_the_single_steps(package: Path) -> None:
    opened = ModelPackage.open(package)
    with opened.open_file("arrays.npz") as file:
        model = OnnxModel(opened.read("encoder.onnx"), opened.read("step.onnx"), ModelArrays.read(file))
    first = [Source([20, 30, 40]), Source([50])]
    tokens = np.array([START, START])
    together, _ = model(tokens, model.encode(first, None), 1, 5)
    state = model.encode(first, None)
    for each in together:
        (alone,), state = model(tokens, state, 1, 1)
        np.testing.assert_array_equal(each.ids, alone.ids)
        np.testing.assert_array_equal(each.log_probs, alone.log_probs)
        tokens = alone.ids[:, 0]


def test_quantised_rows_are_within_half_a_unit_of_the_weights() -> None:
    weight = np.random.default_rng(0).normal(size=(7, 30)).astype(np.float32)
    weight[3] = 0.0
    integers, scales = quantize_rows(weight, 63)
    assert np.abs(integers).max() == 63
    assert (np.abs(integers * scales[:, np.newaxis] - weight) <= 0.5 * scales[:, np.newaxis] + 1e-7).all()


def test_the_files_of_a_package(package: Path) -> None:
    manifest = ModelPackage.open(package).manifest
    assert {"weights.safetensors.gz", "settings.yaml", "CARD.md"} < set(manifest.files)
    assert {"encoder.onnx", "step.onnx", "attention.onnx", "arrays.npz"} < set(manifest.files)
    assert manifest.vocabulary.source.file == "joint.spm"
