"""Highway connections: a gate decides how much of a layer replaces the layer's input."""

from __future__ import annotations

import torch
from torch import Tensor, nn

_CARRY_BIAS = -2.0
"""Initial bias of the gate, sigmoid(-2) = 0.12: layers begin close to the identity, so that the gradient reaches the
layers below before the layers above have learned anything (Srivastava et al. 2015, section 2.2)."""


class Highway(nn.Module):
    """y = t * layer(x) + (1 - t) * x with t = sigmoid(W x + b) (Srivastava et al. 2015, Zilly et al. 2017)."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.gate = nn.Linear(size, size)
        nn.init.xavier_uniform_(self.gate.weight)
        nn.init.constant_(self.gate.bias, _CARRY_BIAS)

    def forward(self, below: Tensor, above: Tensor) -> Tensor:
        """Mix the layer's input `below` with its output `above`, both (B, T, H), to (B, T, H)."""
        t = torch.sigmoid(self.gate(below))
        return t * above + (1 - t) * below
