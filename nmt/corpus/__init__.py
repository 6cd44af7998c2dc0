"""Sentence pairs: read, cleaned, held out, batched. May call tokenizer only.

`batching` needs torch, so it is imported by its full name by whoever trains.
"""

from nmt.corpus.cleaning import CleaningReport, CleaningRules, clean
from nmt.corpus.pairs import SentencePair, read_pairs
from nmt.corpus.split import split_by_source

__all__ = ["CleaningReport", "CleaningRules", "SentencePair", "clean", "read_pairs", "split_by_source"]
