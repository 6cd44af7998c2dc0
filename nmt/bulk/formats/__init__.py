"""The formats of bulk text: how a file is cut into pieces of lines, and how a piece is written with translations.

Independent of machines and of where files are. May call documents.
"""

from nmt.bulk.formats.choosing import FormatName, FormatOptions, StoredFormat, stored_format
from nmt.bulk.formats.compression import Compression
from nmt.bulk.formats.piece import Answer, Fault, Format, Opened, Piece

__all__ = [
    "Answer",
    "Compression",
    "Fault",
    "Format",
    "FormatName",
    "FormatOptions",
    "Opened",
    "Piece",
    "StoredFormat",
    "stored_format",
]
