"""Fine-tuning: start from a package and keep its vocabulary, sizes and weights.

May call `training.export`, `training.data`, `training.settings`, `training.run` and `runtime`.
"""
