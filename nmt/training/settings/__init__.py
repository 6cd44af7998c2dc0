"""What to train: the configuration, its sources (presets, a YAML file, the command line), and what they resolve to.

May call `training.run`, `corpus` and `model`. Reads no corpus and trains nothing.
"""
