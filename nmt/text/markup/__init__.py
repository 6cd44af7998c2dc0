"""Markup: tags leave a text before it is translated, and are projected onto its translation by word alignment.

May call `text.protected`, the sentence translation in `text`, and `runtime`.
"""
