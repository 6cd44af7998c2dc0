"""Training settings: the configuration, its sources (presets, YAML file, command line), and how they are resolved.

May import `training.run`, `corpus` and `model`. Reads no corpus and trains nothing.
"""
