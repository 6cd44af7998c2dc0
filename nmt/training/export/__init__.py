"""From a trained model to a package: ONNX graphs, quantised weights, the model card.

May call `training.data`, `training.settings`, `training.run`, `model` and `runtime`.
"""
