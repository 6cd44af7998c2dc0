"""Subword regularisation: segment the same text differently each time it is seen.

As in BPE-dropout (Provilkov et al. 2020), subwords are split at random into smaller ones of the vocabulary. Any
segmentation is allowed, because a unigram model has no merges to drop. Unlike sampling from the model (Kudo 2018), this
needs only ids, and draws from our own generator, so that a resumed training draws the same.
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
        """Return `ids` (N,) with each splittable subword split with probability `rate`."""
        chosen = self._can_split[ids] & (generator.random(len(ids)) < rate)
        if not chosen.any():
            return ids
        written: list[int] = []
        for number, is_chosen in zip(ids.tolist(), chosen.tolist(), strict=True):
            written += self._parts(self._pieces[number], generator) if is_chosen else [number]
        return np.array(written, dtype=np.int32)

    def _parts(self, piece: str, generator: np.random.Generator) -> list[int]:
        """Return two or more subwords that spell `piece`, with long ones as likely as short ones."""
        parts: list[int] = []
        while piece:
            lengths = self._lengths(piece)
            length = lengths[generator.integers(len(lengths) if parts else len(lengths) - 1)]
            parts.append(self._ids[piece[:length]])
            piece = piece[length:]
        return parts

    def _lengths(self, text: str) -> list[int]:
        """Return the lengths of first subwords of `text` whose rest can be spelled too; the whole text comes last."""
        if text not in self._prefixes:
            ends = (length for length in range(1, len(text) + 1) if text[:length] in self._ids)
            self._prefixes[text] = [length for length in ends if self._lengths(text[length:])]
        return self._prefixes[text]
