"""The training loop: objective, schedule, weight averaging, evaluation, checkpoints, multi-process training, log.

May import `training.data`, `training.settings`, `training.run`, `corpus`, `model`, `decoding`, `reports` and `scores`.
"""
