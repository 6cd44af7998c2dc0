"""Markup handling: removes tags before translation and projects them onto the translation by word alignment.

May call `text.protected`, the sentence translation in `text`, and `runtime`.
"""
