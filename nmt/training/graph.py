"""A small builder of ONNX graphs whose linear layers come in float32 or in int8.

int8 activations have fixed scales: each input of a linear layer is bounded (an LSTM's h lies in (-1, 1), an
embedding within its table), so no scale is taken from the batch and a row's result is its own. Weights have a
scale a column and 7 bits: on processors without VNNI, ONNX Runtime adds pairs of u8 x s8 products in 16 bits,
and 2 x 255 x 63 is the most that fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Floats = NDArray[np.float32]

_OPSET = 17
_IR_VERSION = 9
_WEIGHT_LIMIT = 63
_ACTIVATION_LIMIT = 127
_ZERO_POINT = 128


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor of a graph that a linear layer reads, the weights it meets there, and its largest magnitude."""

    tensor: str
    """Shape (*, I)."""
    weight: Floats
    """(O, I)."""
    bound: float


class GraphBuilder:
    """Collects nodes and weights; every method that adds a node gives the name of its output."""

    def __init__(self, name: str, int8: bool) -> None:
        self._name = name
        self._int8 = int8
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, shape: Sequence[str | int], integer: bool = False) -> str:
        """Declare an input; integers are int64."""
        self._inputs.append(
            helper.make_tensor_value_info(name, TensorProto.INT64 if integer else TensorProto.FLOAT, shape)
        )
        return name

    def output(self, tensor: str, name: str, shape: Sequence[str | int], integer: bool = False) -> None:
        """Declare `tensor` as output `name`."""
        self._nodes.append(helper.make_node("Identity", [tensor], [name]))
        self._outputs.append(
            helper.make_tensor_value_info(name, TensorProto.INT64 if integer else TensorProto.FLOAT, shape)
        )

    def constant(self, value: NDArray[Any] | np.generic) -> str:
        """An array of the graph's own."""
        name = f"constant.{len(self._initializers)}"
        self._initializers.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def node(self, kind: str, inputs: Sequence[str], *, domain: str = "", **attributes: Any) -> str:
        """A node with one output."""
        return self.nodes(kind, inputs, 1, domain=domain, **attributes)[0]

    def nodes(self, kind: str, inputs: Sequence[str], count: int, *, domain: str = "", **attributes: Any) -> list[str]:
        """A node with `count` outputs."""
        outputs = [f"{kind}.{len(self._nodes)}.{index}" for index in range(count)]
        self._nodes.append(helper.make_node(kind, list(inputs), outputs, domain=domain, **attributes))
        return outputs

    def linear(self, operands: Sequence[Operand], bias: Floats | None) -> str:
        """sum_i x_i W_i^T + b over `operands`, (*, O), as one matrix product."""
        if self._int8:
            return self._linear_int8(operands, bias)
        joined = self._concatenated([operand.tensor for operand in operands])
        weight = np.concatenate([operand.weight for operand in operands], axis=1)  # (O, sum I)
        product = self.node("MatMul", [joined, self.constant(weight.T)])
        return product if bias is None else self.node("Add", [product, self.constant(bias)])

    def _linear_int8(self, operands: Sequence[Operand], bias: Floats | None) -> str:
        zero_point = self.constant(np.uint8(_ZERO_POINT))
        quantized = [
            self.node(
                "QuantizeLinear",
                [operand.tensor, self.constant(np.float32(operand.bound / _ACTIVATION_LIMIT)), zero_point],
            )
            for operand in operands
        ]
        # Each operand is quantised in units of its own bound, which its weights take up: one scale for all.
        weight = np.concatenate([operand.weight * operand.bound for operand in operands], axis=1)
        integers, scales = quantize_rows(weight, _WEIGHT_LIMIT)
        inputs = [
            self._concatenated(quantized),
            self.constant(integers.T),
            self.constant(np.float32(1.0 / _ACTIVATION_LIMIT)),
            self.constant(scales),
            zero_point,
            self.constant(np.zeros(len(scales), dtype=np.int8)),
        ]
        if bias is not None:
            inputs.append(self.constant(bias))
        return self.node("MatMulIntegerToFloat", inputs, domain="com.microsoft")

    def stored(self, weight: Floats) -> str:
        """A weight (..., O, I) to compute with in float32; an int8 graph keeps it in 8 bits and unfolds it at load."""
        if not self._int8:
            return self.constant(weight)
        integers, scales = quantize_rows(weight, _ACTIVATION_LIMIT)
        # Not DequantizeLinear: ONNX Runtime would leave it in the graph, to run at every call.
        unfolded = self.node("Cast", [self.constant(integers)], to=TensorProto.FLOAT)
        return self.node("Mul", [unfolded, self.constant(scales[..., np.newaxis])])

    def embedding(self, ids: str, table: Floats) -> str:
        """Rows of `table` (V, E) at `ids` (*), (*, E)."""
        if not self._int8:
            return self.node("Gather", [self.constant(table), ids])
        integers, scales = quantize_rows(table, _ACTIVATION_LIMIT)
        rows = self.node("Cast", [self.node("Gather", [self.constant(integers), ids])], to=TensorProto.FLOAT)
        return self.node("Mul", [rows, self.node("Gather", [self.constant(scales[:, np.newaxis]), ids])])

    def _concatenated(self, tensors: Sequence[str]) -> str:
        return tensors[0] if len(tensors) == 1 else self.node("Concat", tensors, axis=-1)

    def model(self) -> bytes:
        """The finished graph, serialised."""
        graph = helper.make_graph(self._nodes, self._name, self._inputs, self._outputs, self._initializers)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
        serialised: bytes = helper.make_model(
            graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="nmt"
        ).SerializeToString()
        return serialised


def quantize_rows(weight: Floats, limit: int) -> tuple[NDArray[np.int8], Floats]:
    """Integers in [-limit, limit] and a scale for each row (the last axis), so that integers x scale ~ weight."""
    scales = np.abs(weight).max(axis=-1) / limit
    scales = np.where(scales == 0.0, 1.0, scales).astype(np.float32)
    integers = np.rint(weight / scales[..., np.newaxis]).astype(np.int8)
    return integers, scales
