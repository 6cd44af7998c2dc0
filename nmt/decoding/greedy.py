"""Greedy search of one sentence, which always chooses the most probable next subword."""

from __future__ import annotations

from nmt.decoding.hypothesis import Hypothesis, StopReason
from nmt.decoding.length import length_penalty
from nmt.decoding.step import Listed


class GreedySearch:
    """One row that follows its best candidate until <END> or the length limit."""

    width = 1
    """Number of candidates needed for its row."""

    def __init__(self, start_id: int, end_id: int, max_length: int, length_alpha: float = 1.0) -> None:
        self._end_id = end_id
        self._max_length = max_length
        self._alpha = length_alpha
        self._chosen: list[int] = []
        self._log_probs: list[float] = []
        self.tokens = [start_id]
        """Next input token of its row. Empty when finished."""

    @property
    def finished(self) -> bool:
        """Whether the hypothesis is complete."""
        return not self.tokens

    def advance(self, candidates: Listed, first: int) -> list[int]:
        """Read the candidates of row `first`. Return the rows to continue: that row, or none when finished."""
        token = candidates.ids[first][0]
        self._chosen.append(token)
        self._log_probs.append(candidates.log_probs[first][0])
        if token == self._end_id or len(self._chosen) >= self._max_length:
            self.tokens = []
            return []
        self.tokens = [token]
        return [first]

    def hypotheses(self) -> list[Hypothesis]:
        """Return the only hypothesis, once finished."""
        ended = self._chosen[-1] == self._end_id
        total = sum(self._log_probs)
        return [
            Hypothesis(
                tuple(self._chosen[:-1] if ended else self._chosen),
                total,
                total / length_penalty(len(self._chosen), self._alpha),
                StopReason.END if ended else StopReason.LENGTH_LIMIT,
                tuple(self._log_probs),
            )
        ]
