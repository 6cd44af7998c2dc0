"""Sequence-level knowledge distillation: teachers translate the training text, and the student learns from both.

May import `training.fine_tuning`, `training.data`, `training.settings`, `training.run`, `corpus` and `runtime`.
"""
