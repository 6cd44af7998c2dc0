"""Markdown: CommonMark, and what GitHub, MkDocs, Docusaurus, Pandoc and site generators add to it.

It may call `nmt.documents` outside this room, and `markdown-it-py`.
"""
