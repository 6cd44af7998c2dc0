"""Dropout over words, elements and recurrent weights."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from nmt.model.config import DropoutKind


class Dropout(nn.Module):
    """Drops elements of a tensor in training, each by itself."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self._rate = rate
        self.share = 1.0
        """Of the rate that holds for now."""

    @property
    def rate(self) -> float:
        """Probability to be dropped now: none but in training."""
        return self._rate * self.share if self.training else 0.0

    def forward(self, values: Tensor) -> Tensor:
        """(*) -> (*), scaled so that the expected value stays."""
        return functional.dropout(values, self.rate) if self.rate else values


class SequenceDropout(Dropout):
    """Drop elements of a sequence (B, T, F); `variational` keeps one mask for all of a sentence's steps."""

    def __init__(self, rate: float, kind: DropoutKind) -> None:
        super().__init__(rate)
        self.kind = kind

    def forward(self, sequence: Tensor) -> Tensor:
        """(B, T, F) -> (B, T, F), scaled so that the expected value stays."""
        if self.kind == "standard" or not self.rate:
            return super().forward(sequence)
        return sequence * super().forward(sequence.new_ones(sequence.shape[0], 1, sequence.shape[2]))


class WordDropout(Dropout):
    """Drop whole word vectors of an embedded sequence, a draw for each position."""

    def forward(self, embedded: Tensor) -> Tensor:
        """(B, T, E) -> (B, T, E)."""
        return embedded * super().forward(embedded.new_ones(*embedded.shape[:2], 1)) if self.rate else embedded


def set_dropout_share(model: nn.Module, share: float) -> None:
    """Let this `share` of each dropout rate of `model` hold from now on."""
    for module in model.modules():
        if isinstance(module, Dropout):
            module.share = share
