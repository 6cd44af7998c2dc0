"""Cross-entropy with label smoothing, fused with the output projection.

The (N, V) logits of a batch are by far its largest tensor. They are made and used up a chunk at a time, small
enough for the processor's cache, and the gradient is taken in the same pass: nothing of width V is kept.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

_CHUNK_ROWS = 256
"""256 rows x 6,000 subwords x 4 bytes = 6 MB."""


class _ProjectedCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        vocabulary = weight.shape[0]
        matrix = weight.to(states.dtype)
        total = torch.zeros((), dtype=torch.float32, device=states.device)
        grad_states = torch.empty_like(states)
        grad_weight = torch.zeros_like(weight)
        grad_bias = torch.zeros_like(bias)
        for start in range(0, states.shape[0], _CHUNK_ROWS):
            rows = slice(start, start + _CHUNK_ROWS)
            logits = (states[rows] @ matrix.T).float().add_(bias)  # (C, V)
            log_normaliser = torch.logsumexp(logits, dim=1, keepdim=True)  # (C, 1)
            chosen = logits.gather(1, targets[rows, None])  # (C, 1)
            # -sum_v q_v log p_v with q = (1 - e) one-hot + e / V, as log Z - sum_v q_v logit_v.
            total += (log_normaliser - (1.0 - smoothing) * chosen).sum() - smoothing * logits.mean(dim=1).sum()
            # d loss / d logit = p - q
            gradient = logits.sub_(log_normaliser).exp_().sub_(smoothing / vocabulary)
            gradient.scatter_add_(1, targets[rows, None], torch.full_like(chosen, smoothing - 1.0))
            grad_bias += gradient.sum(dim=0)
            gradient = gradient.to(states.dtype)
            grad_states[rows] = gradient @ matrix
            grad_weight += (gradient.T @ states[rows]).to(grad_weight.dtype)
        ctx.save_for_backward(grad_states, grad_weight, grad_bias)
        return total

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        scale = grad_outputs[0]
        grad_states, grad_weight, grad_bias = ctx.saved_tensors
        return grad_states * scale.to(grad_states.dtype), grad_weight * scale, grad_bias * scale, None, None


def summed_cross_entropy(states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    """-sum_n sum_v q_nv log softmax(W s_n + b)_v in nats, summed over the N target tokens.

    `states` (N, E), `weight` (V, E), `bias` (V,), `targets` (N,) without padding; q puts 1 - `smoothing` on
    the target and spreads `smoothing` evenly over the vocabulary (Szegedy et al. 2016, section 7).
    """
    total: Tensor = _ProjectedCrossEntropy.apply(states, weight, bias, targets, smoothing)  # type: ignore[no-untyped-call]
    return total
