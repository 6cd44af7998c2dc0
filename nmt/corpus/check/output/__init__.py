"""The result of a corpus check for people: on the console and as an HTML page.

May call `corpus.check` and `reports`.
"""
