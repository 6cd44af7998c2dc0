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
    """Of P passes over the same tokens: with more than one, also how much they differ."""

    @staticmethod
    def forward(
        ctx: Any, states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float, consistency: float
    ) -> Tensor:
        passes, count, _ = states.shape
        matrix = weight.to(states.dtype)
        total = torch.zeros((), dtype=torch.float32, device=states.device)
        grad_states = torch.empty_like(states)
        grad_weight = torch.zeros_like(weight)
        grad_bias = torch.zeros_like(bias)
        for start in range(0, count, _CHUNK_ROWS):
            rows = slice(start, start + _CHUNK_ROWS)
            gradients = []
            log_probs = []
            for each in range(passes):
                logits = (states[each, rows] @ matrix.T).float().add_(bias)  # (C, V)
                loss, gradient, log_normaliser = _smoothed(logits, targets[rows], smoothing, keep=passes > 1)
                total += loss
                gradients.append(gradient)
                if passes > 1:
                    log_probs.append(logits.sub_(log_normaliser))
            if passes > 1:
                total += consistency * _divergence(log_probs[0], log_probs[1], gradients, consistency)
            for each, gradient in enumerate(gradients):
                grad_bias += gradient.sum(dim=0)
                gradient = gradient.to(states.dtype)
                grad_states[each, rows] = gradient @ matrix
                grad_weight += (gradient.T @ states[each, rows]).to(grad_weight.dtype)
        ctx.save_for_backward(grad_states, grad_weight, grad_bias)
        return total

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        scale = grad_outputs[0]
        grad_states, grad_weight, grad_bias = ctx.saved_tensors
        return grad_states * scale.to(grad_states.dtype), grad_weight * scale, grad_bias * scale, None, None, None


def _smoothed(logits: Tensor, targets: Tensor, smoothing: float, keep: bool) -> tuple[Tensor, Tensor, Tensor]:
    """Loss of `logits` (C, V) summed over the rows, its gradient (C, V), and log Z (C, 1).

    The gradient takes the place of the logits unless they are to be kept.
    """
    log_normaliser = torch.logsumexp(logits, dim=1, keepdim=True)  # (C, 1)
    chosen = logits.gather(1, targets[:, None])  # (C, 1)
    # -sum_v q_v log p_v with q = (1 - e) one-hot + e / V, as log Z - sum_v q_v logit_v.
    loss = (log_normaliser - (1.0 - smoothing) * chosen).sum() - smoothing * logits.mean(dim=1).sum()
    # d loss / d logit = p - q
    gradient = (logits - log_normaliser) if keep else logits.sub_(log_normaliser)
    gradient = gradient.exp_().sub_(smoothing / logits.shape[1])
    gradient.scatter_add_(1, targets[:, None], torch.full_like(chosen, smoothing - 1.0))
    return loss, gradient, log_normaliser


def _divergence(first: Tensor, second: Tensor, gradients: list[Tensor], factor: float) -> Tensor:
    """(KL(p||q) + KL(q||p)) / 2 of log p and log q (C, V), summed over the rows; `factor` times its gradient is added.

    d KL(p||q) / d logit_p = p (log p - log q - KL(p||q)), and d KL(p||q) / d logit_q = q - p.
    """
    p, q, difference = first.exp(), second.exp(), first - second
    forward = (p * difference).sum(dim=1, keepdim=True)  # (C, 1)
    backward = -(q * difference).sum(dim=1, keepdim=True)
    half = 0.5 * factor
    gradients[0] += half * (p * (difference - forward) + p - q)
    gradients[1] += half * (q * (-difference - backward) + q - p)
    return 0.5 * (forward + backward).sum()


def summed_cross_entropy(
    states: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float, consistency: float = 0.0
) -> Tensor:
    """-sum_n sum_v q_nv log softmax(W s_n + b)_v in nats, summed over the N target tokens, the mean of P passes.

    `states` (P, N, E), `weight` (V, E), `bias` (V,), `targets` (N,) without padding; q puts 1 - `smoothing` on
    the target and spreads `smoothing` evenly over the vocabulary (Szegedy et al. 2016, section 7).

    Two passes with other dropout also pay for what they differ by: `consistency` (alpha) weighs
    (KL(p||q) + KL(q||p)) / 2 against the sum of the two losses (R-Drop, Liang et al. 2021, equation 4).
    """
    total: Tensor = _ProjectedCrossEntropy.apply(states, weight, bias, targets, smoothing, consistency)  # type: ignore[no-untyped-call]
    return total / len(states)
