"""Where sentences end: the text between them can be restored unchanged.

Imports `nmt.languages` and the protected parts.
"""

from nmt.text.sentences.boundaries import ends_sentence
from nmt.text.sentences.clauses import is_clause
from nmt.text.sentences.segmentation import LONGEST, Segment, segments, sentences, whole

__all__ = ["LONGEST", "Segment", "ends_sentence", "is_clause", "segments", "sentences", "whole"]
