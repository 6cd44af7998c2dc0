"""ONNX graphs of a trained model, and the arrays that they take as inputs.

May import `model` and `runtime`.
"""

from nmt.training.export.graphs.arrays import model_arrays, packed, short_list_arrays, weights_of
from nmt.training.export.graphs.attention import attention_graph
from nmt.training.export.graphs.encoder import encoder_graph
from nmt.training.export.graphs.step import step_graph

__all__ = [
    "attention_graph",
    "encoder_graph",
    "model_arrays",
    "packed",
    "short_list_arrays",
    "step_graph",
    "weights_of",
]
