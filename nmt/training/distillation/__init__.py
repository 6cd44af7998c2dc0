"""Sequence-level knowledge distillation: teachers translate the training text, and the student learns from both.

May call `training.fine_tuning`, `training.data`, `training.settings`, `training.run` and `runtime`.
"""
