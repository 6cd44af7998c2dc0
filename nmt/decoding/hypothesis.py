"""What a search gives back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class StopReason(StrEnum):
    """Why a hypothesis has no further subword."""

    END = "end"
    """The model chose <END>."""
    LENGTH_LIMIT = "length_limit"
    """It reached the longest length allowed; the translation may be cut."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One translation as ids."""

    tokens: tuple[int, ...]
    """Without <START> and <END>."""
    log_prob: float
    """Sum of `token_log_probs`, nats."""
    score: float
    """`log_prob` over the length penalty; hypotheses are ranked by it."""
    stop_reason: StopReason
    token_log_probs: tuple[float, ...]
    """One a token, and one for <END> if it was reached."""

    @property
    def reached_end(self) -> bool:
        """Whether the model itself ended the sentence."""
        return self.stop_reason is StopReason.END


@dataclass(slots=True)  # not frozen, which would take three times as long to make, and a beam makes many
class Node:
    """A partial hypothesis: its last subword and the one before it. Beams share their beginnings; never changed."""

    token: int
    log_prob: float
    """Of this subword alone."""
    total: float
    """Of all subwords so far."""
    length: int
    """Subwords so far, <END> counted."""
    previous: Node | None

    def extend(self, token: int, log_prob: float) -> Node:
        """This hypothesis and one more subword."""
        return Node(token, log_prob, self.total + log_prob, self.length + 1, self)

    def _path(self) -> Iterator[Node]:
        node: Node | None = self
        while node is not None and node.previous is not None:
            yield node
            node = node.previous

    def close(self, score: float, reason: StopReason) -> Hypothesis:
        """The finished hypothesis that ends here."""
        path = list(self._path())[::-1]
        tokens = path[:-1] if reason is StopReason.END else path
        return Hypothesis(
            tuple(node.token for node in tokens), self.total, score, reason, tuple(node.log_prob for node in path)
        )


def root(start_id: int) -> Node:
    """The empty hypothesis, from which <START> is fed."""
    return Node(start_id, 0.0, 0.0, 0, None)
