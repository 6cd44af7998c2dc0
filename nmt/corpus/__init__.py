"""Read, clean, select, hold out, encode and batch sentence pairs.

May import `tokenizer`, `characters`, `languages`, `reports` and, for character models, `language_model`. `batching`
needs torch, so training code imports it by its full name.
"""

from nmt.corpus.cleaning import Cleaner, CleaningReport, CleaningRules, plain_pairs
from nmt.corpus.corpus_spec import Columns, CorpusSpec, Direction
from nmt.corpus.pairs import Origin, SentencePair
from nmt.corpus.readers import read_pairs

__all__ = [
    "Cleaner",
    "CleaningReport",
    "CleaningRules",
    "Columns",
    "CorpusSpec",
    "Direction",
    "Origin",
    "SentencePair",
    "plain_pairs",
    "read_pairs",
]
