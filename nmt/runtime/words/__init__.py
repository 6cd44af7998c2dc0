"""What a package says of single words: those that its model knows, and translations of those that stand alone.

Imports `nmt.errors`.
"""

from nmt.runtime.words.dictionary import Dictionary
from nmt.runtime.words.known_words import KnownWords

__all__ = ["Dictionary", "KnownWords"]
