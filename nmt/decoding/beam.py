"""Beam search of one sentence (Graves 2012; length normalisation of Wu et al. 2016, section 7).

A hypothesis that chooses <END> keeps its place, so the beam shrinks by one: with one place the first <END>
ends the search, which makes a beam of 1 greedy search exactly.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from nmt.decoding.hypothesis import Hypothesis, Node, StopReason, root
from nmt.decoding.length import length_penalty


class BeamSearch:
    """Up to `beam_size` rows, the best partial translations of one sentence."""

    def __init__(
        self, start_id: int, end_id: int, max_length: int, beam_size: int, n_best: int = 1, length_alpha: float = 1.0
    ) -> None:
        self._end_id = end_id
        self._max_length = max_length
        self._places = beam_size
        self._n_best = n_best
        self._alpha = length_alpha
        self._running: list[Node] = [root(start_id)]
        self._ended: list[tuple[float, Node]] = []  # best first
        self._cut: list[Node] = []

    @property
    def width(self) -> int:
        """Candidates it wants of each row: a row alone may fill every place."""
        return self._places

    @property
    def finished(self) -> bool:
        """Whether no running row can change the result."""
        return not self._running

    @property
    def tokens(self) -> list[int]:
        """Next input of each running row."""
        return [node.token for node in self._running]

    def advance(self, ids: Sequence[Sequence[int]], log_probs: Sequence[Sequence[float]]) -> list[int]:
        """Take the candidates (rows, k) of its rows; give the row that each next row continues."""
        parents: list[int] = []
        running: list[Node] = []
        for parent, token, log_prob in self._ranked(ids, log_probs):
            node = self._running[parent].extend(token, log_prob)
            if token == self._end_id:
                self._end(node)
                self._places -= 1
            else:
                parents.append(parent)
                running.append(node)
        if running and running[0].length >= self._max_length:
            self._cut, running = running, []
        self._running = [] if self._is_decided(running) else running
        return parents if self._running else []

    def hypotheses(self) -> list[Hypothesis]:
        """The n best, best first; call it when finished. Those that reached <END> go before those cut off."""
        ended = [node.close(score, StopReason.END) for score, node in self._ended]
        cut = [node.close(self._score(node), StopReason.LENGTH_LIMIT) for node in self._cut]
        cut.sort(key=lambda hypothesis: hypothesis.score, reverse=True)
        return (ended + cut)[: self._n_best]

    def _ranked(
        self, ids: Sequence[Sequence[int]], log_probs: Sequence[Sequence[float]]
    ) -> list[tuple[int, int, float]]:
        """The best (parent row, subword, log probability); on a tie the earlier row, then the earlier candidate."""
        candidates = [
            (node.total + log_prob, row, column)
            for row, node in enumerate(self._running)
            for column, log_prob in enumerate(log_probs[row])
        ]
        # Each takes a place, for good if it is <END>.
        best = heapq.nsmallest(self._places, candidates, key=lambda item: (-item[0], item[1], item[2]))
        return [(row, ids[row][column], log_probs[row][column]) for _, row, column in best]

    def _end(self, node: Node) -> None:
        self._ended.append((self._score(node), node))
        self._ended.sort(key=lambda item: -item[0])

    def _score(self, node: Node) -> float:
        return node.total / length_penalty(node.length, self._alpha)

    def _is_decided(self, running: list[Node]) -> bool:
        """Whether no running hypothesis can enter the n best.

        A log probability only falls as subwords are added, and is at most 0, so dividing it by the largest
        penalty there can be, that of the length limit, bounds every score a row may still reach.
        """
        if not running or len(self._ended) < self._n_best:
            return False
        worst_kept = self._ended[self._n_best - 1][0]
        most_probable = running[0].total  # the running ones are in order
        return most_probable / length_penalty(self._max_length, self._alpha) <= worst_kept
