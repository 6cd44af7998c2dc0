"""Sentence pairs: read, cleaned, held out, encoded, batched. May call tokenizer only.

`batching` needs torch, so it is imported by its full name by whoever trains.
"""

from nmt.corpus.cleaning import Cleaner, CleaningReport, CleaningRules
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
    "read_pairs",
]
