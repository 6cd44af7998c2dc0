"""Sentence pairs: read, cleaned, held out, encoded, batched. May call tokenizer only.

`batching` needs torch, so it is imported by its full name by whoever trains.
"""

from nmt.corpus.cleaning import Cleaner, CleaningReport, CleaningRules
from nmt.corpus.pairs import Origin, SentencePair
from nmt.corpus.readers import read_pairs
from nmt.corpus.spec import Columns, CorpusSpec, Direction

__all__ = [
    "Cleaner",
    "CleaningReport",
    "CleaningRules",
    "Columns",
    "CorpusSpec",
    "Direction",
    "Origin",
    "SentencePair",
    "read_pairs",
]
