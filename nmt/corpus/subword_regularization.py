"""Subword regularisation: the same text in other subwords each time it is seen.

As in BPE-dropout (Provilkov et al. 2020) a subword falls apart at random into smaller ones of the vocabulary, here into
any that it can be written with, for a unigram model has no merges to leave out. Unlike sampling from the model (Kudo
2018) it needs ids alone, and its draws follow a generator of ours, so that a training that goes on draws the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tokenizer import SubwordTokenizer


class SubwordSplitter:
    """Splits subwords of one vocabulary."""

    def __init__(self, tokenizer: SubwordTokenizer) -> None:
        self._pieces = tokenizer.pieces(range(tokenizer.vocabulary_size))
        self._ids = {piece: number for number, piece in enumerate(self._pieces) if tokenizer.is_piece(number)}
        self._prefixes: dict[str, list[int]] = {"": [0]}
        self._can_split = np.array(
            [piece in self._ids and len(self._lengths(piece)) > 1 for piece in self._pieces], dtype=bool
        )

    def split(self, ids: NDArray[np.int32], rate: float, generator: np.random.Generator) -> NDArray[np.int32]:
        """`ids` (N,), of which each that can be split is split with probability `rate`."""
        chosen = self._can_split[ids] & (generator.random(len(ids)) < rate)
        if not chosen.any():
            return ids
        written: list[int] = []
        for number, is_chosen in zip(ids.tolist(), chosen.tolist(), strict=True):
            written += self._parts(self._pieces[number], generator) if is_chosen else [number]
        return np.array(written, dtype=np.int32)

    def _parts(self, piece: str, generator: np.random.Generator) -> list[int]:
        """Two or more subwords that `piece` is written with, long ones as likely as short ones."""
        parts: list[int] = []
        while piece:
            lengths = self._lengths(piece)
            length = lengths[generator.integers(len(lengths) if parts else len(lengths) - 1)]
            parts.append(self._ids[piece[:length]])
            piece = piece[length:]
        return parts

    def _lengths(self, text: str) -> list[int]:
        """Lengths of the subwords that `text` can begin with so that the rest can be written too; the whole last."""
        if text not in self._prefixes:
            ends = (length for length in range(1, len(text) + 1) if text[:length] in self._ids)
            self._prefixes[text] = [length for length in ends if self._lengths(text[length:])]
        return self._prefixes[text]
