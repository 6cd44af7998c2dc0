"""Electronic books: ZIP archives of chapters in XHTML.

May call `documents`, `office` for reading archives, and `errors`.
"""
