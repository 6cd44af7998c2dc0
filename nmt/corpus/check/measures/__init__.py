"""Measures over the pairs of a corpus, with one kind of fault per file.

May call `corpus` and `languages`.
"""
