"""The training loop and its parts: objective, schedule, averaging, evaluation, checkpoints, processes, the log.

May call `training.data`, `training.settings`, `training.run`, `model` and `decoding`.
"""
