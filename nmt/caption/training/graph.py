"""The network that reads pictures as an ONNX graph."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto

from nmt.caption.training.config import CaptionConfig
from nmt.caption.training.model import NORM_EPSILON
from nmt.training.export.graphs.builder import Floats, GraphBuilder
from nmt.training.export.graphs.step import vector_weights


def picture_graph(config: CaptionConfig, weights: dict[str, Floats], int8: bool) -> bytes:
    """Return the graph pictures (B, 3, P, P) uint8 -> states before the first step (B, H), then W_ih v (B, G x H).

    The decoder's layers begin at zero. W_ih v is the same at every step, so it is computed here, and the step adds it.
    """
    graph, decoder = GraphBuilder("encoder", int8), config.decoder
    pictures = graph.input("pictures", ["B", 3, config.image_size, config.image_size], "uint8")
    maps = graph.node("Cast", [pictures], to=TensorProto.FLOAT)
    maps = graph.node("Mul", [maps, graph.constant(np.float32(1 / 127.5))])
    maps = graph.node("Sub", [maps, graph.constant(np.float32(1.0))])
    for number in range(len(config.widths)):
        folded = _folded(weights, f"encoder.convolutions.{number}", number)
        maps = graph.node("Relu", [_convolved(graph, maps, *folded, strides=[2, 2], pads=[1, 1, 1, 1])])
    vector = _convolved(graph, maps, *_folded(weights, "encoder.whole", len(config.widths)))  # (B, N, 1, 1)
    # Also as a convolution, which computes each picture by itself: its sums do not depend on the others in the batch.
    brought = graph.node("Conv", [vector, _stored(graph, vector_weights(decoder, weights)[:, :, None, None])])
    gates = len(vector_weights(decoder, weights))
    count = graph.node("Shape", [pictures], start=0, end=1)
    shape = graph.node("Concat", [count, graph.integers(decoder.decoder_hidden)], axis=0)
    states = len(decoder.state_names) * decoder.decoder_layers
    for number in range(states):
        graph.output(graph.node("ConstantOfShape", [shape]), f"state.{number}", ["B", decoder.decoder_hidden])
    flat = graph.node("Flatten", [brought])
    graph.output(flat, f"state.{states}", ["B", gates])
    return graph.model()


def _folded(weights: dict[str, Floats], name: str, norm: int) -> tuple[Floats, Floats]:
    """Return weight and bias of a convolution that also does the normalization after it."""
    mean, variance = (weights[f"encoder.norms.{norm}.{part}"] for part in ("mean", "variance"))
    scale = 1.0 / np.sqrt(variance + np.float32(NORM_EPSILON))
    return weights[f"{name}.weight"] * scale[:, None, None, None], (weights[f"{name}.bias"] - mean) * scale


def _convolved(graph: GraphBuilder, maps: str, weight: Floats, bias: Floats, **attributes: Any) -> str:
    return graph.node("Conv", [maps, _stored(graph, weight), graph.constant(bias)], **attributes)


def _stored(graph: GraphBuilder, weight: Floats) -> str:
    """Add the weight (O, I, K, K) of a convolution, in 8 bits with a scale per output channel in an int8 graph."""
    flat = graph.stored(weight.reshape(len(weight), -1))
    return graph.node("Reshape", [flat, graph.integers(*weight.shape)])
