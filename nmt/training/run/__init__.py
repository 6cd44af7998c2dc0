"""A run directory: its files, lock, disk space checks, hashed tensor files, and the package that a training replaces.

May import `runtime`. Independent of what is trained.
"""
