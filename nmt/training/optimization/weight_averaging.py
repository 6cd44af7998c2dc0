"""A running average of the weights, which translates better than the weights of any single update."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class AveragedWeights:
    """An exponential moving average of the weights (unlike Polyak & Juditsky 1992, the last updates weigh most)."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        """Start from the weights of `model`; each update keeps `decay` of the average and adds the rest."""
        self.decay = decay
        self.tensors = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}

    def update(self, model: nn.Module, updates: int) -> None:
        """Add the weights of `model` after `updates` updates; the decay is lower at first, to forget early weights."""
        share = 1.0 - min(self.decay, (1.0 + updates) / (10.0 + updates))
        with torch.no_grad():
            parameters = [parameter.detach() for parameter in model.parameters()]
            torch._foreach_lerp_(list(self.tensors.values()), parameters, share)

    @contextmanager
    def inside(self, model: nn.Module) -> Iterator[None]:
        """Replace the weights of `model` with the average inside the context, and restore them afterwards."""
        kept = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
        _put(model, self.tensors)
        try:
            yield
        finally:
            _put(model, kept)


def _put(model: nn.Module, tensors: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(tensors[name])
