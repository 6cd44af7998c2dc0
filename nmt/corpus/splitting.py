"""Subword regularisation: the same text in other subwords each time it is seen.

As in BPE-dropout (Provilkov et al. 2020) a subword falls apart at random into smaller ones of the vocabulary; here any
two whose concatenation it is, for a unigram model has no merges to leave out. Unlike sampling from the model (Kudo
2018) it needs ids alone, and its draws follow a generator of ours, so that a training that goes on draws the same.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tokenizer import SubwordTokenizer


class SubwordSplitter:
    """Splits subwords of one vocabulary."""

    def __init__(self, tokenizer: SubwordTokenizer) -> None:
        pieces = tokenizer.pieces(range(tokenizer.vocabulary_size))
        ids = {piece: number for number, piece in enumerate(pieces)}
        self._halves: list[list[tuple[int, int]]] = [
            [
                (ids[piece[:cut]], ids[piece[cut:]])
                for cut in range(1, len(piece))
                if piece[:cut] in ids and piece[cut:] in ids
            ]
            if tokenizer.is_piece(number)
            else []
            for number, piece in enumerate(pieces)
        ]

    def split(self, ids: NDArray[np.int32], rate: float, generator: np.random.Generator) -> NDArray[np.int32]:
        """`ids`, each split with probability `rate` where it can be, its halves again."""
        left = ids[::-1].tolist()
        done: list[int] = []
        while left:
            number = left.pop()
            halves = self._halves[number]
            if halves and generator.random() < rate:
                left += reversed(halves[generator.integers(len(halves))])
            else:
                done.append(number)
        return np.array(done, dtype=np.int32)
