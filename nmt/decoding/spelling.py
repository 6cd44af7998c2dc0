"""The interface between search and spelling: what a subword makes of the word that a hypothesis is writing."""

from __future__ import annotations

from typing import Protocol

FIRST_WORD = 1
"""The word of a hypothesis without subwords."""


class Spelling(Protocol):
    """Penalises the spelling of words that do not exist."""

    def after(self, word: int, subword: int) -> tuple[int, float]:
        """Return the word that `subword` makes of `word`, as this returned it before, and a penalty in nats."""
