"""Search for the best translation: greedy and beam search over a `Step`. Pure, uses only numpy, imports no other
room."""

from nmt.decoding.beam import BeamSearch
from nmt.decoding.greedy import GreedySearch
from nmt.decoding.hypothesis import Hypothesis, StopReason
from nmt.decoding.length import LengthModel, length_penalty
from nmt.decoding.lexical_bias import MOST_WORDS, NO_COPY, LexicalBias, RareWord
from nmt.decoding.options import MAX_BEAM_SIZE, DecodingOptions
from nmt.decoding.search import Search, decode, decode_step, new_search
from nmt.decoding.spelling import FIRST_WORD
from nmt.decoding.step import Candidates, State, StateT, Step

__all__ = [
    "FIRST_WORD",
    "MAX_BEAM_SIZE",
    "MOST_WORDS",
    "NO_COPY",
    "BeamSearch",
    "Candidates",
    "DecodingOptions",
    "GreedySearch",
    "Hypothesis",
    "LengthModel",
    "LexicalBias",
    "RareWord",
    "Search",
    "State",
    "StateT",
    "Step",
    "StopReason",
    "decode",
    "decode_step",
    "length_penalty",
    "new_search",
]
