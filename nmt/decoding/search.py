"""The search loop, which advances many sentences by one model step at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nmt.decoding.beam import BeamSearch
from nmt.decoding.greedy import GreedySearch
from nmt.decoding.hypothesis import Hypothesis
from nmt.decoding.lexical_bias import LexicalBias
from nmt.decoding.options import DecodingOptions
from nmt.decoding.spelling import Spelling
from nmt.decoding.step import Candidates, Listed, StateT, Step

_STEPS_AT_ONCE = 4
"""Number of model steps per call if every search has one place and takes the best candidate, so that the model can
continue with it. A sentence that ends within them wastes the rest, which costs less than three more calls."""
_STEPS_ALONE = 8
"""The same number for a single row, which wastes nothing: the model stops at its <END>."""


class Search(Protocol):
    """The search of one sentence. It owns as many rows of the batch as it has `tokens`."""

    width: int
    """Number of candidates needed for each row."""
    tokens: list[int]
    """Next input token of each of its rows. Empty when finished."""

    @property
    def finished(self) -> bool:
        """Whether the search needs no further step."""

    def advance(self, candidates: Listed, first: int) -> list[int]:
        """Read the candidates of its rows from those of all R rows, starting at row `first`.

        Returns the row, of the R, that each of its next rows continues.
        """

    def hypotheses(self) -> list[Hypothesis]:
        """Return the hypotheses, best first."""


def new_search(
    options: DecodingOptions,
    start_id: int,
    end_id: int,
    max_length: int,
    spelling: Spelling | None = None,
    bias: LexicalBias | None = None,
) -> Search:
    """Return the search that `options` select. `max_length` applies unless they set their own.

    Greedy search always takes the most probable subword, whatever `spelling` and `bias` say.
    """
    limit = options.max_length or max_length
    if options.beam_size == 1:
        return GreedySearch(start_id, end_id, limit, options.length_alpha)
    return BeamSearch(start_id, end_id, limit, options.beam_size, options.n_best, options.length_alpha, spelling, bias)


def decode_step(step: Step[StateT], state: StateT, searches: Sequence[Search]) -> StateT:
    """Run one or a few steps for all `searches`, whose rows are stored in `state` one sentence after the other.

    The rows of the returned state are those of the unfinished searches, in order. If all are finished, the state has no
    meaning.
    """
    tokens: list[int] = []
    for search in searches:
        tokens += search.tokens
    width = max(search.width for search in searches)
    steps = 1 if width > 1 else _STEPS_AT_ONCE if len(tokens) > 1 else _STEPS_ALONE
    each_step, after = step(np.array(tokens, dtype=np.int64), state, width, steps)
    rows: list[int] = []
    for candidates in each_step:
        rows = _advance(searches, candidates)
    if not rows or rows == list(range(len(tokens))):
        return after
    return after.select(np.array(rows, dtype=np.int64))


def _advance(searches: Sequence[Search], candidates: Candidates) -> list[int]:
    """Pass each unfinished search its rows' candidates. Return the rows to continue with."""
    listed = Listed.of(candidates)
    rows: list[int] = []
    first = 0
    for search in searches:
        count = len(search.tokens)
        if count:
            rows += search.advance(listed, first)
        first += count or 1  # a search that ended a step ago had one row
    return rows


def decode(step: Step[StateT], state: StateT, searches: Sequence[Search]) -> None:
    """Run steps until every search is finished. `state` begins with one row per search."""
    running = list(searches)
    while running:
        state = decode_step(step, state, running)
        running = [search for search in running if not search.finished]
