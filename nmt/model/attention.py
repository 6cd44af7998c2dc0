"""Attention over the encoder's outputs: dot (Luong et al. 2015) and additive (Bahdanau et al. 2015).

The keys depend on the source alone, so they are projected once per sentence, not once per step.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from nmt.model.config import ModelConfig


class DotAttention(nn.Module):
    """score_j = query . W m_j (Luong et al. 2015, section 3.1, 'general').

    Each head compares one part of the query with the same part of W m_j (after Vaswani et al. 2017, section 3.2.2,
    whose heads have projections of their own on all sides).
    """

    def __init__(self, memory_size: int, query_size: int, heads: int) -> None:
        super().__init__()
        self._heads = heads
        self.key = nn.Linear(memory_size, query_size, bias=False)
        nn.init.xavier_uniform_(self.key.weight)

    def keys(self, memory: Tensor) -> Tensor:
        """(B, S, D) -> (B, S, H)."""
        projected: Tensor = self.key(memory)
        return projected

    def scores(self, queries: Tensor, keys: Tensor) -> Tensor:
        """(B, T, H), (B, S, H) -> (B, N, T, S)."""
        return self._parts(queries) @ self._parts(keys).transpose(2, 3)

    def _parts(self, whole: Tensor) -> Tensor:
        """(B, *, H) -> (B, N, *, H / N)."""
        return whole.reshape(*whole.shape[:2], self._heads, -1).transpose(1, 2)


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
        """(B, T, H), (B, S, H) -> (B, 1, T, S)."""
        summed = self.query(queries).unsqueeze(2) + keys.unsqueeze(1)  # (B, T, S, H)
        energies: Tensor = self.energy(torch.tanh(summed)).squeeze(3)  # (B, T, S)
        return energies.unsqueeze(1)


def build_attention(config: ModelConfig) -> DotAttention | AdditiveAttention | None:
    """Return the attention that `config` names, or None for the plain encoder-decoder."""
    if config.attention == "none":
        return None
    if config.attention == "additive":
        return AdditiveAttention(config.memory_size, config.decoder_hidden)
    return DotAttention(config.memory_size, config.decoder_hidden, config.heads)


def attend(scores: Tensor, memory: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Return weights (B, N, T, S) and contexts (B, T, D) for `scores` (B, N, T, S) over `memory` (B, S, D).

    Head n of N averages the n-th part of the first half of D and the n-th part of the second half. In a bidirectional
    encoder the halves are the two directions. `mask` (B, S) is true at source positions. Other positions get a weight
    of exactly zero.
    """
    masked = scores.masked_fill(~mask[:, None, None], -torch.inf)
    weights = torch.softmax(masked, dim=3)  # (B, N, T, S)
    batch, heads, targets, sources = scores.shape
    if heads == 1:
        return weights, torch.bmm(weights[:, 0].to(memory.dtype), memory)
    parts = memory.reshape(batch, sources, 2, heads, -1).permute(0, 3, 1, 2, 4).flatten(3)  # (B, N, S, D / N)
    averages = weights.to(memory.dtype) @ parts  # (B, N, T, D / N)
    return weights, averages.reshape(batch, heads, targets, 2, -1).permute(0, 2, 3, 1, 4).flatten(2)
