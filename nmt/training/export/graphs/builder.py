"""A small builder of ONNX graphs with linear layers in float32 or int8.

int8 activations have fixed scales: each input of a linear layer is bounded (an LSTM's h lies in (-1, 1), a residual
sum of L layers in (-L, L)). No scale depends on the batch, so a row's result does not depend on other rows. Weights
have 7 bits and a scale per column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from nmt.runtime.quantization import WEIGHT_LIMIT, quantize_rows

Floats = NDArray[np.float32]
Kind = Literal["float", "int64", "bool", "half", "int8", "uint8"]

_OPSET = 17
_IR_VERSION = 9
_ACTIVATION_LIMIT = 127
_ZERO_POINT = 128
_TYPES = {
    "float": TensorProto.FLOAT,
    "int64": TensorProto.INT64,
    "bool": TensorProto.BOOL,
    "half": TensorProto.FLOAT16,
    "int8": TensorProto.INT8,
    "uint8": TensorProto.UINT8,
}


@dataclass(frozen=True, slots=True)
class Bounded:
    """A tensor (*, size) whose elements lie in [-bound, bound]."""

    tensor: str
    size: int
    bound: float = 1.0


class GraphBuilder:
    """Collects nodes and weights; every method that adds a node returns the name of its output."""

    def __init__(self, name: str, int8: bool) -> None:
        self._name = name
        self.int8 = int8
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: list[onnx.TensorProto] = []
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, shape: Sequence[str | int], kind: Kind = "float") -> str:
        """Declare an input and return its name."""
        self._inputs.append(helper.make_tensor_value_info(name, _TYPES[kind], shape))
        return name

    def output(self, tensor: str, name: str, shape: Sequence[str | int], kind: Kind = "float") -> None:
        """Declare `tensor` as output `name`. Call this last, because it renames the tensor."""
        self._outputs.append(helper.make_tensor_value_info(name, _TYPES[kind], shape))
        if any(tensor in node.output for node in self._nodes):
            for node in self._nodes:
                node.input[:] = [name if each == tensor else each for each in node.input]
                node.output[:] = [name if each == tensor else each for each in node.output]
        else:  # an input or already an output
            self._nodes.append(helper.make_node("Identity", [tensor], [name]))

    def constant(self, value: NDArray[Any] | np.generic) -> str:
        """Add a constant array."""
        name = f"{self._name}.constant.{len(self._initializers)}"
        self._initializers.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def integers(self, *values: int) -> str:
        """Add a constant int64 vector, such as axes or a shape."""
        return self.constant(np.array(values, dtype=np.int64))

    def node(self, operator: str, inputs: Sequence[str], *, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output."""
        return self.nodes(operator, inputs, 1, domain=domain, **attributes)[0]

    def nodes(
        self, operator: str, inputs: Sequence[str], count: int, *, domain: str = "", **attributes: Any
    ) -> list[str]:
        """Add a node with `count` outputs."""
        outputs = [f"{self._name}.{operator}.{len(self._nodes)}.{index}" for index in range(count)]
        self._nodes.append(helper.make_node(operator, list(inputs), outputs, domain=domain, **attributes))
        return outputs

    def scan(self, body: GraphBuilder, states: Sequence[str], sequences: Sequence[str], outputs: int) -> list[str]:
        """Scan `body` over the first axis of `sequences`; return the last states, then the stacked outputs."""
        return self.nodes(
            "Scan", [*states, *sequences], len(states) + outputs, body=body.graph(), num_scan_inputs=len(sequences)
        )

    def loop(self, body: GraphBuilder, times: str, carried: Sequence[str], outputs: int) -> list[str]:
        """Run `body` up to `times` times; return the last carried values, then the stacked outputs.

        The inputs of `body` are the iteration number, a condition and the carried values; its outputs are a condition,
        the carried values and the outputs to stack.
        """
        forever = self.constant(np.array(True))
        return self.nodes("Loop", [times, forever, *carried], len(carried) + outputs, body=body.graph())

    def linear(self, inputs: Sequence[Bounded], weight: Floats, bias: Floats | None = None) -> str:
        """Add x W^T + b (*, O) for the concatenation x of `inputs` and `weight` (O, I), as one matrix product."""
        return self.product(self.joined(inputs), inputs, weight, bias)

    def joined(self, inputs: Sequence[Bounded]) -> str:
        """Concatenate `inputs` for `product`, quantized in an int8 graph."""
        return self._concatenated([self.quantized(item) if self.int8 else item.tensor for item in inputs])

    def quantized(self, item: Bounded) -> str:
        """Quantize `item` to 8 bits, scaled by its bound."""
        scale = self.constant(np.float32(item.bound / _ACTIVATION_LIMIT))
        return self.node("QuantizeLinear", [item.tensor, scale, self.constant(np.uint8(_ZERO_POINT))])

    def product(self, joined: str, inputs: Sequence[Bounded], weight: Floats, bias: Floats | None = None) -> str:
        """Add the linear layer of `linear` for `inputs` already concatenated by `joined`."""
        if not self.int8:
            product = self.node("MatMul", [joined, self.constant(weight.T)])
            return product if bias is None else self.node("Add", [product, self.constant(bias)])
        # Each input is scaled by its own bound, which is folded into its weights: one activation scale for all.
        bounds = np.concatenate([np.full(item.size, item.bound, dtype=np.float32) for item in inputs])
        integers, scales = quantize_rows(weight * bounds, WEIGHT_LIMIT)
        return self.integer_product(joined, self.constant(integers.T), self.constant(scales), bias)

    def integer_product(self, joined: str, weight: str, scale: str, bias: Floats | str | None) -> str:
        """Multiply 8-bit rows (*, I) by 7-bit weights (I, O) with a scale per column, to float32 (*, O)."""
        unit = self.constant(np.float32(1.0 / _ACTIVATION_LIMIT))
        inputs = [joined, weight, unit, scale, self.constant(np.uint8(_ZERO_POINT)), ""]
        if bias is not None:
            inputs.append(bias if isinstance(bias, str) else self.constant(bias))
        return self.node("MatMulIntegerToFloat", inputs, domain="com.microsoft")

    def stored(self, weight: Floats) -> str:
        """Add a weight (..., O, I) used in float32; an int8 graph stores it in 8 bits and dequantizes it at load."""
        if not self.int8:
            return self.constant(weight)
        integers, scales = quantize_rows(weight, _ACTIVATION_LIMIT)
        # Not DequantizeLinear: ONNX Runtime would not fold it, and would run it at every call.
        unfolded = self.node("Cast", [self.constant(integers)], to=TensorProto.FLOAT)
        return self.node("Mul", [unfolded, self.constant(scales[..., np.newaxis])])

    def looked_up(self, table: str, ids: str) -> str:
        """Look up the rows of `table` (V, N) at `ids` (*), as float32 (*, N)."""
        rows = self.node("Gather", [table, ids])
        return self.node("Cast", [rows], to=TensorProto.FLOAT) if self.int8 else rows

    def _concatenated(self, tensors: Sequence[str]) -> str:
        return tensors[0] if len(tensors) == 1 else self.node("Concat", tensors, axis=-1)

    def graph(self) -> onnx.GraphProto:
        """Return the graph, for use as a model or as the body of a loop."""
        return helper.make_graph(self._nodes, self._name, self._inputs, self._outputs, self._initializers)

    def model(self) -> bytes:
        """Return the finished graph as a serialized ONNX model."""
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
        serialised: bytes = helper.make_model(
            self.graph(), opset_imports=opsets, ir_version=_IR_VERSION, producer_name="nmt"
        ).SerializeToString()
        return serialised
