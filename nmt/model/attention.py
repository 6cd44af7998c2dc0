"""Attention over the encoder's outputs: dot (Luong et al. 2015) and additive (Bahdanau et al. 2015).

The keys depend on the source alone, so they are projected once a sentence, not once a step.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nmt.model.config import ModelConfig


class DotAttention(nn.Module):
    """score_j = query . W m_j (Luong et al. 2015, section 3.1, 'general')."""

    def __init__(self, memory_size: int, query_size: int) -> None:
        super().__init__()
        self.key = nn.Linear(memory_size, query_size, bias=False)
        nn.init.xavier_uniform_(self.key.weight)

    def keys(self, memory: Tensor) -> Tensor:
        """(B, S, D) -> (B, S, H)."""
        projected: Tensor = self.key(memory)
        return projected

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """(B, T, H), (B, S, H) -> (B, T, S)."""
        return torch.bmm(queries, keys.transpose(1, 2))


class AdditiveAttention(nn.Module):
    """score_j = v . tanh(W_q query + W_k m_j) (Bahdanau et al. 2015, appendix A.1.2)."""

    def __init__(self, memory_size: int, query_size: int) -> None:
        super().__init__()
        self.key = nn.Linear(memory_size, query_size, bias=False)
        self.query = nn.Linear(query_size, query_size)
        self.energy = nn.Linear(query_size, 1, bias=False)
        for layer in (self.key, self.query, self.energy):
            nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(self.query.bias)

    def keys(self, memory: Tensor) -> Tensor:
        """(B, S, D) -> (B, S, H)."""
        projected: Tensor = self.key(memory)
        return projected

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """(B, T, H), (B, S, H) -> (B, T, S)."""
        summed = self.query(queries).unsqueeze(2) + keys.unsqueeze(1)  # (B, T, S, H)
        energies: Tensor = self.energy(torch.tanh(summed)).squeeze(3)  # (B, T, S)
        return energies


def build_attention(config: ModelConfig) -> DotAttention | AdditiveAttention | None:
    """The attention that `config` names, or None for the plain encoder-decoder."""
    if config.attention == "none":
        return None
    kind = DotAttention if config.attention == "dot" else AdditiveAttention
    return kind(config.memory_size, config.decoder_hidden)


def attend(scores: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (B, T, S) and contexts (B, T, D) of `scores` (B, T, S) over `memory` (B, S, D).

    `mask` (B, S) is true at source positions; the others get a weight of exactly zero.
    """
    masked = scores.masked_fill(~mask.unsqueeze(1), -torch.inf)
    weights = torch.softmax(masked, dim=2)  # (B, T, S)
    return weights, torch.bmm(weights.to(memory.dtype), memory)
