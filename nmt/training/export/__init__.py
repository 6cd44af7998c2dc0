"""Export of a trained model as a package: ONNX graphs, quantized weights, the model card.

May import `training.data`, `training.settings`, `training.run`, `model`, `decoding` and `runtime`.
"""
