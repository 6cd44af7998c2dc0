"""Greedy search of one sentence: always the most probable next subword."""

from __future__ import annotations

from collections.abc import Sequence

from nmt.decoding.hypothesis import Hypothesis, StopReason, root
from nmt.decoding.length import length_penalty


class GreedySearch:
    """One row that follows its best candidate until <END> or the length limit."""

    width = 1
    """Candidates it wants of its row."""

    def __init__(self, start_id: int, end_id: int, max_length: int, length_alpha: float = 1.0) -> None:
        self._end_id = end_id
        self._max_length = max_length
        self._alpha = length_alpha
        self._node = root(start_id)
        self._reason: StopReason | None = None

    @property
    def finished(self) -> bool:
        """Whether the hypothesis is complete."""
        return self._reason is not None

    @property
    def tokens(self) -> list[int]:
        """Next input of each running row."""
        return [] if self.finished else [self._node.token]

    def advance(self, ids: Sequence[Sequence[int]], log_probs: Sequence[Sequence[float]]) -> list[int]:
        """Take the candidates (1, k) of its row; give the rows to go on with: [0], or [] when finished."""
        self._node = self._node.extend(ids[0][0], log_probs[0][0])
        if self._node.token == self._end_id:
            self._reason = StopReason.END
        elif self._node.length >= self._max_length:
            self._reason = StopReason.LENGTH_LIMIT
        return [] if self.finished else [0]

    def hypotheses(self) -> list[Hypothesis]:
        """The one hypothesis; call it when finished."""
        reason = self._reason or StopReason.LENGTH_LIMIT
        score = self._node.total / length_penalty(self._node.length, self._alpha)
        return [self._node.close(score, reason)]
