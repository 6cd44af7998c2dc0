"""What a package says of single words: those that its model knows, translations of those that stand alone, and how
those of the target language are spelled.

Imports `nmt.errors`, `tokenizer`, and of `nmt.decoding` what its searches ask of words.
"""

from nmt.runtime.words.dictionary import Dictionary
from nmt.runtime.words.known_words import KnownWords
from nmt.runtime.words.rare_words import RareWords
from nmt.runtime.words.word_beginnings import Spelling, Subwords, WordBeginnings, beginnings_of

__all__ = ["Dictionary", "KnownWords", "RareWords", "Spelling", "Subwords", "WordBeginnings", "beginnings_of"]
