"""Office documents: ZIP archives of XML, opened safely, with their paragraphs as texts to translate.

May call `documents` and `errors`.
"""
