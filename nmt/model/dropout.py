"""Dropout over words, elements and recurrent weights."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from nmt.model.config import DropoutKind


class SequenceDropout(nn.Module):
    """Drop elements of a sequence (B, T, F); `variational` keeps one mask for all of a sentence's steps."""

    def __init__(self, rate: float, kind: DropoutKind) -> None:
        super().__init__()
        self.rate = rate
        self.kind = kind

    def forward(self, sequence: Tensor) -> Tensor:
        """(B, T, F) -> (B, T, F), scaled so that the expected value stays."""
        if not self.training or self.rate == 0.0:
            return sequence
        if self.kind == "standard":
            return functional.dropout(sequence, self.rate)
        mask = functional.dropout(sequence.new_ones(sequence.shape[0], 1, sequence.shape[2]), self.rate)
        return sequence * mask


class WordDropout(nn.Module):
    """Drop whole word vectors of an embedded sequence, a draw for each position."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = rate

    def forward(self, embedded: Tensor) -> Tensor:
        """(B, T, E) -> (B, T, E)."""
        if not self.training or self.rate == 0.0:
            return embedded
        return embedded * functional.dropout(embedded.new_ones(*embedded.shape[:2], 1), self.rate)
