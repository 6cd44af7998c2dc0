"""The loop around the searches: many sentences, one step of the model at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nmt.decoding.beam import BeamSearch
from nmt.decoding.greedy import GreedySearch
from nmt.decoding.hypothesis import Hypothesis
from nmt.decoding.options import DecodingOptions
from nmt.decoding.step import StateT, Step


class Search(Protocol):
    """The search of one sentence; it owns as many rows of the batch as it has `tokens`."""

    @property
    def width(self) -> int:
        """Candidates it wants of each row."""

    @property
    def finished(self) -> bool:
        """Whether it needs no further step."""

    @property
    def tokens(self) -> list[int]:
        """Next input of each of its rows."""

    def advance(self, ids: Sequence[Sequence[int]], log_probs: Sequence[Sequence[float]]) -> list[int]:
        """Take candidates (rows, k); give the row that each of its next rows continues."""

    def hypotheses(self) -> list[Hypothesis]:
        """The result, best first."""


def new_search(options: DecodingOptions, start_id: int, end_id: int, max_length: int) -> Search:
    """The search that `options` ask for, with `max_length` unless they set their own."""
    limit = options.max_length or max_length
    if options.beam_size == 1:
        return GreedySearch(start_id, end_id, limit, options.length_alpha)
    return BeamSearch(start_id, end_id, limit, options.beam_size, options.n_best, options.length_alpha)


def decode_step(step: Step[StateT], state: StateT, searches: Sequence[Search]) -> StateT:
    """One step for all `searches`, whose rows lie in `state` one sentence after the other.

    The rows of the state that comes back are those of the searches that are not finished, in their order.
    """
    tokens = [token for search in searches for token in search.tokens]
    width = max(search.width for search in searches)
    candidates, after = step(np.array(tokens, dtype=np.int64), state, width)
    ids, log_probs = candidates.ids.tolist(), candidates.log_probs.tolist()
    rows: list[int] = []
    first = 0
    for search in searches:
        end = first + len(search.tokens)
        kept = search.advance(*_narrow(ids[first:end], log_probs[first:end], search.width, width))
        rows += [first + row for row in kept]
        first = end
    return after if rows == list(range(len(tokens))) else after.select(np.array(rows, dtype=np.int64))


def decode(step: Step[StateT], state: StateT, searches: Sequence[Search]) -> None:
    """Step until every search is finished; `state` begins with one row a search."""
    running = list(searches)
    while running:
        state = decode_step(step, state, running)
        running = [search for search in running if not search.finished]


def _narrow(
    ids: list[list[int]], log_probs: list[list[float]], wanted: int, given: int
) -> tuple[list[list[int]], list[list[float]]]:
    """Only the candidates a search asked for: what its neighbours asked for must not change its result."""
    if wanted == given:
        return ids, log_probs
    return [row[:wanted] for row in ids], [row[:wanted] for row in log_probs]
