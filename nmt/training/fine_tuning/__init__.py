"""Fine-tuning: start from a package and keep its vocabulary, sizes and weights.

May import `training.export`, `training.data`, `training.settings`, `training.run`, `corpus`, `model` and `runtime`.
"""
