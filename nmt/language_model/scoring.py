"""How well a language model predicts a text: bits per character and perplexity."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nmt.language_model.model import LanguageModel


@dataclass(frozen=True, slots=True)
class TextScore:
    """The score of a text."""

    characters: int
    symbols: int
    unknown: int
    """Characters outside the vocabulary. Each counts as one symbol, whichever character it is."""
    nats: float
    """-log p of the text."""

    @property
    def bits_per_character(self) -> float:
        """-log2 p of the text over its characters."""
        return self.nats / math.log(2) / self.characters

    @property
    def loss(self) -> float:
        """Nats per symbol, the loss of training."""
        return self.nats / self.symbols

    @property
    def perplexity(self) -> float:
        """exp of the loss: as uncertain as a choice among so many equally likely symbols."""
        return math.exp(self.loss)


def score_text(model: LanguageModel, blocks: Iterable[str]) -> TextScore | None:
    """Return the score of one long text, given in blocks, or None if it is empty."""
    counted = _Counted(blocks)
    symbols, unknown, nats = 0, 0, 0.0
    for ids, log_probs in model.score_stream(counted):
        symbols += len(ids)
        unknown += model.symbols.unknown(ids)
        nats -= float(log_probs.sum(dtype="float64"))
    return TextScore(counted.characters, symbols, unknown, nats) if symbols else None


class _Counted:
    """Counts the characters of the blocks that pass."""

    def __init__(self, blocks: Iterable[str]) -> None:
        self._blocks = blocks
        self.characters = 0

    def __iter__(self) -> Iterator[str]:
        for block in self._blocks:
            self.characters += len(block)
            yield block
