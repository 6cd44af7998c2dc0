"""Lexical bias: while the model attends to a rare word, the translations that a dictionary has of it get a share of the
probability (Arthur et al. 2016, "Incorporating discrete translation lexicons into neural machine translation", whose
lexicon gives single words; here it spells them in subwords).

A model that has hardly seen a word in sentences translates it as another one: "oracle" as the word for war beside it.
Where the word that a hypothesis is writing may be over, the first subwords of the translations of all rare words get

    g = SHARE a (1 - p) q

where a is the attention on the subwords of the rare word, p the probability of the best candidate, and q the share of
the candidates that end the word before: a model that is sure of what comes next is left alone. The translations share g
in proportion to the model's own probabilities. Within such a translation, its next subword gets SPELLING a. All other
probabilities are multiplied by what remains of 1. A rare word whose translation a hypothesis has, perhaps with another
ending, is not proposed again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.decoding.hypothesis import Node

SHARE = 0.8
SPELLING = 0.7
LEAST_ATTENTION = 0.05
"""Below it, a rare word is not proposed. From it on, a word that begins as a translation does and ends otherwise counts
as one."""
LARGEST_SHARE = 0.98
"""Largest share of the probability that translations of rare words get together."""
UNSEEN = 0.001
"""What a translation that is not among the candidates has when translations share."""
NO_COPY = -1
"""Of a word that is no name."""
MOST_WORDS = 32
"""Largest number of rare words in a sentence."""


@dataclass(frozen=True, slots=True)
class RareWord:
    """A source word that training text hardly has in sentences, and how its translations are spelled."""

    first: int
    """Position of its first subword in the source."""
    last: int
    spellings: tuple[tuple[int, ...], ...]
    """Target subwords of each translation, best first. None is empty."""
    copy: int = NO_COPY
    """The target subword with which a copy of a word begins that may be a name: where that is the best candidate, the
    word is not translated."""


class LexicalBias:
    """The rare words of one sentence."""

    def __init__(self, words: Sequence[RareWord], ends_word: Sequence[bool]) -> None:
        """There are at most `MOST_WORDS`. `ends_word` says of each target subword whether the word before it is over:
        it begins a word, or has anything but letters."""
        self._words = words
        self._ends_word = ends_word

    def said(self, node: Node, attention: NDArray[np.float32]) -> int:
        """Return a bit for each rare word whose translation the hypothesis `node` has, given those before its last
        subword. `attention` (S,) is that of the step that brought this subword."""
        said = node.said
        for number, word in enumerate(self._words):
            is_attended = _attended(word, attention) >= LEAST_ATTENTION
            for spelling in word.spellings:
                if _ends_with(node, spelling) or (is_attended and self._ends_otherwise(node, spelling)):
                    said |= 1 << number
        return said

    def _ends_otherwise(self, node: Node, spelling: Sequence[int]) -> bool:
        """Whether the last subword goes on with a word that begins as `spelling` does, but not so."""
        if self._ends_word[node.token] or node.previous is None:
            return False
        before = node.previous
        return any(
            spelling[length] != node.token and _ends_with(before, spelling[:length])
            for length in range(1, len(spelling))
        )

    def biased(
        self, node: Node, ids: Sequence[int], log_probs: Sequence[float], attention: NDArray[np.float32]
    ) -> tuple[list[int], list[float]]:
        """Return as many candidates as there are `ids`, best first, once translations have their shares.

        `ids` are the candidates that follow `node`, best first, and `attention` (S,) is that of their step.
        """
        attended = [_attended(word, attention) for word in self._words]
        shares = self._continuing(node, attended) or self._beginning(node, ids, log_probs, attended)
        total = 0.0
        for share in shares.values():
            total += share
        if total <= 0.0:
            return list(ids), list(log_probs)
        scale = min(1.0, LARGEST_SHARE / total)
        rest = 1.0 - total * scale
        known = dict(zip(ids, log_probs, strict=True))
        mixed = {number: log_prob + math.log(rest) for number, log_prob in known.items()}
        for number, share in shares.items():
            own = math.exp(known[number]) if number in known else 0.0
            mixed[number] = math.log(rest * own + scale * share)
        # Rounded as the compiled decoder stores them.
        best = sorted(
            ((number, float(np.float32(value))) for number, value in mixed.items()), key=lambda each: -each[1]
        )
        best = best[: len(ids)]
        return [number for number, _ in best], [log_prob for _, log_prob in best]

    def _continuing(self, node: Node, attended: Sequence[float]) -> dict[int, float]:
        """Return the shares of the subwords that go on with a translation whose beginning `node` ends with."""
        shares: dict[int, float] = {}
        for number, word in enumerate(self._words):
            if node.said >> number & 1:
                continue
            for spelling in word.spellings:
                for length in range(len(spelling) - 1, 0, -1):
                    if _ends_with(node, spelling[:length]):
                        share = SPELLING * attended[number]
                        shares[spelling[length]] = max(shares.get(spelling[length], 0.0), share)
                        break
        return shares

    def _beginning(
        self, node: Node, ids: Sequence[int], log_probs: Sequence[float], attended: Sequence[float]
    ) -> dict[int, float]:
        """Return the shares of the subwords that begin a translation."""
        probabilities = {number: math.exp(log_prob) for number, log_prob in zip(ids, log_probs, strict=True)}
        total = over = 0.0
        for number, probability in probabilities.items():
            total += probability
            if self._ends_word[number]:
                over += probability
        gate = SHARE * (1.0 - probabilities[ids[0]]) * over / total
        shares: dict[int, float] = {}
        for number, word in enumerate(self._words):
            if node.said >> number & 1 or attended[number] < LEAST_ATTENTION or word.copy == ids[0]:
                continue
            first = dict.fromkeys(spelling[0] for spelling in word.spellings)
            preferred = {subword: probabilities.get(subword, 0.0) + UNSEEN for subword in first}
            whole = 0.0
            for each in preferred.values():
                whole += each
            for subword, each in preferred.items():
                shares[subword] = shares.get(subword, 0.0) + gate * attended[number] * each / whole
        return shares


def _attended(word: RareWord, attention: NDArray[np.float32]) -> float:
    total = 0.0
    for weight in attention[word.first : word.last + 1].tolist():
        total += weight
    return total


def _ends_with(node: Node, spelling: Sequence[int]) -> bool:
    at: Node | None = node
    for number in reversed(spelling):
        if at is None or at.previous is None or at.token != number:
            return False
        at = at.previous
    return True
