"""Captions of pictures: the served captioners, pictures opened in threads of their own, and POST /caption.

May import the neighbours `access`, `http`, `translating`, and the settings and packages.
"""
