"""The ONNX graphs of a captioner compute what the torch model computes."""

from __future__ import annotations

import io
from typing import get_args

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from nmt.caption.training.config import CaptionConfig
from nmt.caption.training.graph import picture_graph
from nmt.caption.training.model import CaptionModel
from nmt.model import ModelConfig
from nmt.model.config import Cell
from nmt.runtime.arrays import ModelArrays
from nmt.runtime.onnx.model import OnnxModel
from nmt.runtime.running_batch import Source
from nmt.training.export.graphs import model_arrays, step_graph, weights_of

V = 50
PICTURES = np.random.default_rng(3).integers(0, 255, (3, 3, 32, 32), dtype=np.uint8)
TARGETS = [[2, 20, 21], [2, 30, 31], [2, 40, 41]]


def captioner(cell: Cell, layers: int) -> CaptionModel:
    torch.manual_seed(0)
    sizes = ModelConfig(1, V, cell=cell, attention="none", embedding_size=12, decoder_hidden=16, decoder_layers=layers)
    model = CaptionModel(CaptionConfig(sizes, image_size=32, channels=4, vector_size=8), 0)
    for parameter in model.parameters():
        if parameter.dim() == 1 and parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.1)
    for _ in range(5):
        model.encoder(torch.from_numpy(PICTURES))  # moves the running means and variances
    return model.eval()


def served(model: CaptionModel, int8: bool) -> OnnxModel:
    weights, decoder = weights_of(model), model.config.decoder
    arrays = ModelArrays.read(io.BytesIO(model_arrays(decoder, weights, int8)))
    return OnnxModel(picture_graph(model.config, weights, int8), step_graph(decoder, weights, int8), arrays)


def log_probs(model: OnnxModel, numbers: list[int]) -> NDArray[np.float32]:
    """Shape (B, T, V), from the graphs, stepping through TARGETS for the pictures with these numbers."""
    state = model.encode([Source(picture=PICTURES[number]) for number in numbers], None)
    rows = np.empty((len(numbers), 3, V), dtype=np.float32)
    for step in range(3):
        tokens = np.array([TARGETS[number][step] for number in numbers])
        (candidates,), state = model(tokens, state, V, 1)
        np.put_along_axis(rows[:, step], candidates.ids, candidates.log_probs, axis=1)
    return rows


@pytest.mark.parametrize("cell", get_args(Cell))
@pytest.mark.parametrize("layers", [1, 2])
def test_the_graphs_agree_with_the_torch_model(cell: Cell, layers: int) -> None:
    model = captioner(cell, layers)
    with torch.no_grad():
        logits = model(torch.from_numpy(PICTURES), torch.ones(3), torch.tensor(TARGETS))
    expected = torch.log_softmax(logits, dim=2).numpy()
    np.testing.assert_allclose(log_probs(served(model, int8=False), [0, 1, 2]), expected, atol=1e-4)
    np.testing.assert_allclose(log_probs(served(model, int8=True), [0, 1, 2]), expected, atol=0.1)


@pytest.mark.parametrize("int8", [False, True])
def test_a_picture_has_the_same_result_alone_and_with_others(int8: bool) -> None:
    model = served(captioner("lstm", 2), int8)
    together = log_probs(model, [0, 1, 2])
    for number in range(3):
        np.testing.assert_array_equal(log_probs(model, [number])[0], together[number])
