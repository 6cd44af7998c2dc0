"""Results of a search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from nmt.decoding.spelling import FIRST_WORD


class StopReason(StrEnum):
    """The reason why a hypothesis ended."""

    END = "end"
    """The model chose <END>."""
    LENGTH_LIMIT = "length_limit"
    """The hypothesis reached the maximum length. The translation may be cut."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One translation as ids."""

    tokens: tuple[int, ...]
    """Ids without <START> and <END>."""
    log_prob: float
    """Sum of `token_log_probs`, in nats."""
    score: float
    """`log_prob`, less the penalties for words that do not exist, divided by the length penalty. Hypotheses are ranked
    by it."""
    stop_reason: StopReason
    token_log_probs: tuple[float, ...]
    """One value per token, plus one for <END> if it was reached."""

    @property
    def reached_end(self) -> bool:
        """Whether the model itself ended the sentence."""
        return self.stop_reason is StopReason.END


@dataclass(slots=True)  # a frozen one would take three times as long to create, and a beam creates many
class Node:
    """A partial hypothesis: its last subword and the preceding node. Beams share prefixes, so nodes are never
    changed."""

    token: int
    log_prob: float
    """Log probability of this subword alone."""
    total: float
    """Log probability of all subwords so far, less the penalties for words that do not exist."""
    length: int
    """Number of subwords so far, including <END>."""
    previous: Node | None
    word: int = FIRST_WORD
    """What the search's `Spelling` says of the last word so far."""
    said: int = 0
    """What the search's `LexicalBias` says of the rare words of the source: a bit for each that is translated."""

    def extend(self, token: int, log_prob: float, total: float, word: int = FIRST_WORD) -> Node:
        """Return this hypothesis extended by one subword, with its `total`."""
        return Node(token, log_prob, total, self.length + 1, self, word, self.said)

    def _path(self) -> Iterator[Node]:
        node: Node | None = self
        while node is not None and node.previous is not None:
            yield node
            node = node.previous

    def close(self, score: float, reason: StopReason) -> Hypothesis:
        """Return the finished hypothesis that ends here."""
        path = list(self._path())[::-1]
        tokens = path[:-1] if reason is StopReason.END else path
        log_probs = tuple(node.log_prob for node in path)
        log_prob = 0.0
        for each in log_probs:  # one after the other, as the compiled decoder adds them; `sum` rounds otherwise
            log_prob += each
        return Hypothesis(tuple(node.token for node in tokens), log_prob, score, reason, log_probs)


def root(start_id: int) -> Node:
    """Return the empty hypothesis, which feeds <START>."""
    return Node(start_id, 0.0, 0.0, 0, None)
