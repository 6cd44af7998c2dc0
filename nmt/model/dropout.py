"""Dropout over words, elements and recurrent weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from nmt.model.config import DropoutKind


class Dropout(nn.Module):
    """Drops elements of a tensor in training, independently of each other."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self._rate = rate
        self.share = 1.0
        """Current share of the configured rate."""

    @property
    def rate(self) -> float:
        """Current dropout probability. Zero outside training."""
        return self._rate * self.share if self.training else 0.0

    def forward(self, values: Tensor) -> Tensor:
        """(*) -> (*), scaled to preserve the expected value."""
        if not self.rate:
            return values
        return functional.dropout(values, self.rate) if values.is_cuda else values * _kept(values, self.rate)


class SequenceDropout(Dropout):
    """Drops elements of a sequence (B, T, F). `variational` uses one mask for all steps of a sentence."""

    def __init__(self, rate: float, kind: DropoutKind) -> None:
        super().__init__(rate)
        self.kind = kind

    def forward(self, sequence: Tensor) -> Tensor:
        """(B, T, F) -> (B, T, F), scaled to preserve the expected value."""
        if self.kind == "standard" or not self.rate:
            return super().forward(sequence)
        return sequence * super().forward(sequence.new_ones(sequence.shape[0], 1, sequence.shape[2]))


class WordDropout(Dropout):
    """Drops whole word vectors of an embedded sequence, drawn for each position."""

    def forward(self, embedded: Tensor) -> Tensor:
        """(B, T, E) -> (B, T, E)."""
        return embedded * super().forward(embedded.new_ones(*embedded.shape[:2], 1)) if self.rate else embedded


def _kept(values: Tensor, rate: float) -> Tensor:
    """Return a tensor (*) like `values`: 0 with probability `rate`, to 1 / 65,536, otherwise 1 / (1 - `rate`).

    On a CPU, torch draws a number for each element one after the other. Here 64 random bits serve four elements.
    """
    kept = torch.empty_like(values, requires_grad=False)  # in the same order in memory, if `values` lie close together
    drawn = torch.empty(-(-values.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
    sixteen_bits = drawn.view(torch.int16)[: values.numel()].as_strided(kept.shape, kept.stride())
    torch.ge(sixteen_bits, round(rate * 2**16) - 2**15, out=kept)  # not through bool, which takes longer
    return kept.mul_(1.0 / (1.0 - rate))


def set_dropout_share(model: nn.Module, share: float) -> None:
    """Apply `share` of each dropout rate of `model` from now on."""
    for module in model.modules():
        if isinstance(module, Dropout):
            module.share = share
