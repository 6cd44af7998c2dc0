"""Readable output of a corpus check, on the console and as an HTML page.

May call `corpus.check` and `reports`.
"""
