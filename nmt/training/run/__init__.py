"""A run directory: its lock, free disk space, tensor files with a hash, and the package that a training replaces.

May call `runtime`. Knows nothing of what is trained.
"""
