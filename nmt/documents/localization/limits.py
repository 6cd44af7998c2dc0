"""How long a file of messages may be."""

from __future__ import annotations

from nmt.documents.encoding import Decoded
from nmt.errors import DocumentError

MOST_CHARACTERS = 10_000_000
"""Maximum length of a file. Its tree takes about twenty times as much memory."""


def check_length(name: str, source: Decoded, most: int = MOST_CHARACTERS) -> None:
    """Raises DocumentError if the file `name` has more than `most` characters."""
    if len(source.text) > most:
        raise DocumentError(f"{name} has {len(source.text)} characters, at most {most} are allowed: split it")
