"""Cross-entropy with label smoothing, fused with the output projection.

The (N, V) logits of a batch are by far its largest tensor. They are made and used up a chunk at a time, small
enough for the processor's cache, and the gradient is taken in the same pass: nothing of width V is kept.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

_CHUNK_ROWS = 256
"""256 rows x 6,000 subwords x 4 bytes = 6 MB."""


class Original(NamedTuple):
    """What the model that training began from says of the same N tokens, and how much that counts."""

    states: Tensor
    """(N, E) before its output projection."""
    weight: Tensor
    """(V, E)."""
    bias: Tensor
    """(V,)."""
    share: float
    """Of the loss, in [0, 1]: the rest is cross-entropy."""

    def log_probs(self, rows: slice) -> Tensor:
        """log t (C, V) of some of its rows."""
        logits = self.states[rows] @ self.weight.to(self.states.dtype).T
        return torch.log_softmax(logits.float().add_(self.bias), dim=1)


class _ProjectedCrossEntropy(torch.autograd.Function):
    """Of P passes over the same tokens: with more than one, also how much they differ."""

    @staticmethod
    def forward(
        ctx: Any,
        states: Tensor,
        weight: Tensor,
        bias: Tensor,
        targets: Tensor,
        smoothing: float,
        consistency: float,
        original: Original | None,
    ) -> Tensor:
        passes, count, _ = states.shape
        matrix = weight.to(states.dtype)
        total = torch.zeros((), dtype=torch.float32, device=states.device)
        grad_states = torch.empty_like(states)
        grad_weight = torch.zeros_like(weight)
        grad_bias = torch.zeros_like(bias)
        keep = passes > 1 or original is not None
        for start in range(0, count, _CHUNK_ROWS):
            rows = slice(start, start + _CHUNK_ROWS)
            gradients = []
            log_probs = []
            taught = original.log_probs(rows) if original else None
            for each in range(passes):
                logits = (states[each, rows] @ matrix.T).float().add_(bias)  # (C, V)
                loss, gradient, log_normaliser = _smoothed(logits, targets[rows], smoothing, keep)
                if keep:
                    log_probs.append(logits.sub_(log_normaliser))
                if original and taught is not None:
                    loss = _remembering(loss, gradient, log_probs[each], taught, original.share)
                total += loss
                gradients.append(gradient)
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
        return grad_states * scale.to(grad_states.dtype), grad_weight * scale, grad_bias * scale, None, None, None, None


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


def _remembering(loss: Tensor, gradient: Tensor, log_probs: Tensor, taught: Tensor, share: float) -> Tensor:
    """(1 - share) `loss` + share KL(t||p), summed over the rows; `gradient` (C, V) becomes that of the whole.

    `log_probs` log p and `taught` log t (C, V). d KL(t||p) / d logit_p = p - t.
    """
    t = taught.exp()
    gradient.mul_(1.0 - share).add_(log_probs.exp().sub_(t), alpha=share)
    return (1.0 - share) * loss + share * (t * (taught - log_probs)).sum()


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
    states: Tensor,
    weight: Tensor,
    bias: Tensor,
    targets: Tensor,
    smoothing: float,
    consistency: float = 0.0,
    original: Original | None = None,
) -> Tensor:
    """-sum_n sum_v q_nv log softmax(W s_n + b)_v in nats, summed over the N target tokens, the mean of P passes.

    `states` (P, N, E), `weight` (V, E), `bias` (V,), `targets` (N,) without padding; q puts 1 - `smoothing` on
    the target and spreads `smoothing` evenly over the vocabulary (Szegedy et al. 2016, section 7).

    Two passes with other dropout also pay for what they differ by: `consistency` (alpha) weighs
    (KL(p||q) + KL(q||p)) / 2 against the sum of the two losses (R-Drop, Liang et al. 2021, equation 4).

    With an `original` t, its share of the loss is KL(t||softmax(W s_n + b)) instead (Dakwale & Monz 2017; Khayrallah
    et al. 2018), so that a model that is adapted to new text goes on to say what it said.
    """
    total: Tensor = _ProjectedCrossEntropy.apply(  # type: ignore[no-untyped-call]
        states, weight, bias, targets, smoothing, consistency, original
    )
    return total / len(states)
