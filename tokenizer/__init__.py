"""Text <-> subword ids. Imports no other room of the project."""

from tokenizer.errors import TokenizerError, TooManyCharacters
from tokenizer.learn import learn_tokenizer
from tokenizer.specials import END_ID, PAD_ID, SPECIAL_IDS, START_ID, UNK_ID
from tokenizer.subword import SubwordTokenizer

__all__ = [
    "END_ID",
    "PAD_ID",
    "SPECIAL_IDS",
    "START_ID",
    "UNK_ID",
    "SubwordTokenizer",
    "TokenizerError",
    "TooManyCharacters",
    "learn_tokenizer",
]
