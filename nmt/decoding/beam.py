"""Beam search of one sentence (Graves 2012; length normalisation of Wu et al. 2016, section 7).

A hypothesis that chooses <END> keeps its place, so the beam shrinks by one. With one place the first <END> ends the
search, which makes a beam of 1 identical to greedy search.

Words that are spelled as none in the training text cost a penalty, so that others which exist come before them. The
translations of rare words are proposed where the model attends to these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from nmt.decoding.hypothesis import Hypothesis, Node, StopReason, root
from nmt.decoding.length import length_penalty
from nmt.decoding.lexical_bias import LexicalBias
from nmt.decoding.spelling import Spelling
from nmt.decoding.step import Listed


class BeamSearch:
    """Searches with up to `beam_size` rows, the best partial translations of one sentence."""

    def __init__(
        self,
        start_id: int,
        end_id: int,
        max_length: int,
        beam_size: int,
        n_best: int = 1,
        length_alpha: float = 1.0,
        spelling: Spelling | None = None,
        bias: LexicalBias | None = None,
    ) -> None:
        self._end_id = end_id
        self._max_length = max_length
        self.width = beam_size
        """Number of places, and of candidates needed for each row. A single row may fill every place."""
        self._n_best = n_best
        self._alpha = length_alpha
        self._spelling = spelling
        self._bias = bias
        self._running: list[Node] = [root(start_id)]
        self.tokens = [start_id]
        """Next input token of each running row."""
        self._ended: list[tuple[float, Node]] = []  # best first
        self._cut: list[Node] = []

    @property
    def finished(self) -> bool:
        """Whether no running row can change the result."""
        return not self._running

    def advance(self, candidates: Listed, first: int) -> list[int]:
        """Read the candidates of its rows, starting at row `first`. Return the row that each next row continues."""
        rows = [self._proposed(node, candidates, first + row) for row, node in enumerate(self._running)]
        parents: list[int] = []
        running: list[Node] = []
        for cost, row, column, word in self._ranked(rows):
            token, log_prob = rows[row][0][column], rows[row][1][column]
            node = self._running[row].extend(token, log_prob, -cost, word)
            if self._bias is not None and candidates.attention is not None:
                node.said = self._bias.said(node, candidates.attention[first + row])
            if token == self._end_id:
                self._end(node)
                self.width -= 1
            else:
                parents.append(first + row)
                running.append(node)
        if running and running[0].length >= self._max_length:
            self._cut, running = running, []
        self._running = [] if self._is_decided(running) else running
        self.tokens = [node.token for node in self._running]
        return parents if self._running else []

    def hypotheses(self) -> list[Hypothesis]:
        """Return the n best, best first, once finished. Those that reached <END> precede those cut off."""
        ended = [node.close(score, StopReason.END) for score, node in self._ended]
        cut = [node.close(self._score(node), StopReason.LENGTH_LIMIT) for node in self._cut]
        cut.sort(key=lambda hypothesis: hypothesis.score, reverse=True)
        return (ended + cut)[: self._n_best]

    def _proposed(self, node: Node, candidates: Listed, row: int) -> tuple[Sequence[int], Sequence[float]]:
        """Return the candidates that follow `node`, the `row` of all, and their log probabilities, best first, with
        translations of rare words."""
        own = candidates.ids[row][: self.width], candidates.log_probs[row][: self.width]
        if self._bias is None or candidates.attention is None:
            return own
        return self._bias.biased(node, *own, candidates.attention[row])

    def _ranked(self, rows: Sequence[tuple[Sequence[int], Sequence[float]]]) -> list[tuple[float, int, int, int]]:
        """Return the best (-total, row, column, word), one per place. Ties go to the earlier row, then the earlier
        candidate."""
        places = self.width
        candidates: list[tuple[float, int, int, int]] = []
        worst = math.inf
        for row, node in enumerate(self._running):
            total = node.total
            for column, (token, log_prob) in enumerate(zip(*rows[row], strict=True)):
                cost = -(total + log_prob)
                if cost >= worst:  # candidates of a row are sorted best first, and penalties only add to the cost
                    break
                word = node.word
                if self._spelling is not None:
                    word, penalty = self._spelling.after(word, token)
                    cost += penalty
                candidates.append((cost, row, column, word))
            candidates.sort()
            del candidates[places:]
            if len(candidates) == places:
                worst = candidates[-1][0]
        return candidates  # each takes a place, permanently if it is <END>

    def _end(self, node: Node) -> None:
        self._ended.append((self._score(node), node))
        self._ended.sort(key=lambda item: -item[0])

    def _score(self, node: Node) -> float:
        return node.total / length_penalty(node.length, self._alpha)

    def _is_decided(self, running: list[Node]) -> bool:
        """Whether no running hypothesis can enter the n best.

        A log probability is at most 0 and only falls as subwords are added. Dividing it by the largest possible
        penalty, that of the length limit, therefore bounds every score that a row can still reach.
        """
        if not running or len(self._ended) < self._n_best:
            return False
        worst_kept = self._ended[self._n_best - 1][0]
        most_probable = running[0].total  # running hypotheses are sorted
        return most_probable / length_penalty(self._max_length, self._alpha) <= worst_kept
