"""Cross-entropy with label smoothing, fused with the output projection.

The (N, V) logits of a batch are by far its largest tensor. They are computed and consumed one chunk at a time, with
the gradient computed in the same pass, so nothing of width V is kept. Matrix products use whole chunks; the dozen
elementwise operations use slices that stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

_CHUNK_ELEMENTS = 2**23
"""16 MB in bfloat16, 32 in float32."""
_SLICE_ELEMENTS = 2**18
"""1 MB in float32."""


class Original(NamedTuple):
    """The output of the original model, from which fine-tuning started, for the same N tokens, and its loss weight."""

    states: Tensor
    """(N, E) decoder states before the output projection."""
    weight: Tensor
    """(V, E)."""
    bias: Tensor
    """(V,)."""
    share: float
    """Share of the loss, in [0, 1]; the rest is cross-entropy."""

    def products(self, rows: slice) -> Tensor:
        """Return the products (C, V) of some tokens with the output matrix, without bias."""
        return self.states[rows] @ self.weight.to(self.states.dtype).T

    def log_probs(self, products: Tensor) -> Tensor:
        """Return log t (C, V)."""
        return torch.log_softmax(products.float().add_(self.bias), dim=1)


class _ProjectedCrossEntropy(torch.autograd.Function):
    """Loss over P passes of the same tokens; with more than one pass, plus their divergence."""

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
        matrix = weight.to(states.dtype)
        total = torch.zeros((), dtype=torch.float32, device=states.device)
        grad_states = torch.empty_like(states)
        grad_weight = torch.zeros_like(weight)
        grad_bias = torch.zeros_like(bias)
        for rows in _ranges(states.shape[1], _rows(_CHUNK_ELEMENTS, len(states), weight)):
            products = states[:, rows] @ matrix.T  # (P, C, V)
            before = original.products(rows) if original else None
            # A GPU has no cache that could hold a slice.
            slice_rows = products.shape[1] if products.is_cuda else _rows(_SLICE_ELEMENTS, len(states), weight)
            for part in _ranges(products.shape[1], slice_rows):
                logits = products[:, part].float().add_(bias)
                taught = original.log_probs(before[part]) if original and before is not None else None
                share = original.share if original else 0.0
                total += _loss_and_gradient(logits, targets[rows][part], smoothing, consistency, taught, share)
                grad_bias += logits.sum(dim=(0, 1))
                products[:, part] = logits
            grad_states[:, rows] = products @ matrix
            for gradient, read in zip(products, states[:, rows], strict=True):
                grad_weight += (gradient.T @ read).to(grad_weight.dtype)
        ctx.save_for_backward(grad_states, grad_weight, grad_bias)
        return total

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor | None, ...]:
        scale = grad_outputs[0]
        grad_states, grad_weight, grad_bias = ctx.saved_tensors
        return grad_states * scale.to(grad_states.dtype), grad_weight * scale, grad_bias * scale, None, None, None, None


def _ranges(count: int, size: int) -> Iterator[slice]:
    return (slice(start, min(start + size, count)) for start in range(0, count, size))


def _rows(elements: int, passes: int, weight: Tensor) -> int:
    """Return the number of rows for which `passes` logits of width V have about `elements` elements."""
    return max(1, elements // (passes * len(weight)))


def _loss_and_gradient(
    logits: Tensor, targets: Tensor, smoothing: float, consistency: float, taught: Tensor | None, share: float
) -> Tensor:
    """Return the loss of `logits` (P, C, V) summed over passes and rows; overwrite the logits with the gradient."""
    total = torch.zeros((), dtype=torch.float32, device=logits.device)
    several = len(logits) > 1
    log_probs = logits.clone() if several or taught is not None else None
    for each, gradient in enumerate(logits):
        loss, log_normaliser = _smoothed(gradient, targets, smoothing)
        if log_probs is not None:
            log_probs[each] -= log_normaliser
            if taught is not None:
                loss = _remembering(loss, gradient, log_probs[each], taught, share)
        total += loss
    if several and log_probs is not None:
        total += consistency * _divergence(log_probs, logits, consistency)
    return total


def _smoothed(logits: Tensor, targets: Tensor, smoothing: float) -> tuple[Tensor, Tensor]:
    """Return the loss of `logits` (C, V) summed over rows, and log Z (C, 1); overwrite the logits with the gradient."""
    chosen = logits.gather(1, targets[:, None])  # (C, 1)
    mean = logits.mean(dim=1)
    largest = logits.amax(dim=1, keepdim=True)
    exponentials = logits.sub_(largest).exp_()
    normaliser = exponentials.sum(dim=1, keepdim=True)  # (C, 1)
    log_normaliser = normaliser.log() + largest
    # -sum_v q_v log p_v with q = (1 - e) one-hot + e / V, as log Z - sum_v q_v logit_v.
    loss = (log_normaliser - (1.0 - smoothing) * chosen).sum() - smoothing * mean.sum()
    # d loss / d logit = p - q
    gradient = exponentials.div_(normaliser).sub_(smoothing / logits.shape[1])
    gradient.scatter_add_(1, targets[:, None], torch.full_like(chosen, smoothing - 1.0))
    return loss, log_normaliser


def _remembering(loss: Tensor, gradient: Tensor, log_probs: Tensor, taught: Tensor, share: float) -> Tensor:
    """Return (1 - share) `loss` + share KL(t||p), summed over rows, and update `gradient` (C, V) in place to match.

    `log_probs` is log p and `taught` log t, both (C, V). d KL(t||p) / d logit_p = p - t.
    """
    t = taught.exp()
    gradient.mul_(1.0 - share).add_(log_probs.exp().sub_(t), alpha=share)
    return (1.0 - share) * loss + share * (t * (taught - log_probs)).sum()


def _divergence(log_probs: Tensor, gradients: Tensor, factor: float) -> Tensor:
    """Return (KL(p||q) + KL(q||p)) / 2 summed over rows, and add `factor` times its gradient to `gradients`.

    `log_probs` is log p and log q (2, C, V).

    d KL(p||q) / d logit_p = p (log p - log q - KL(p||q)), and d KL(p||q) / d logit_q = q - p.
    """
    first, second = log_probs
    p, q, difference = first.exp(), second.exp(), first - second
    forward = (p * difference).sum(dim=1, keepdim=True)  # (C, 1)
    backward = -(q * difference).sum(dim=1, keepdim=True)
    half = 0.5 * factor
    gradients[0] += half * (p * (difference - forward) + p - q)
    gradients[1] += half * (q * (-difference - backward) + q - p)
    total: Tensor = 0.5 * (forward + backward).sum()
    return total


def summed_cross_entropy(
    states: Tensor,
    weight: Tensor,
    bias: Tensor,
    targets: Tensor,
    smoothing: float,
    consistency: float = 0.0,
    original: Original | None = None,
) -> Tensor:
    """Return -sum_n sum_v q_nv log softmax(W s_n + b)_v in nats, summed over N target tokens, averaged over P passes.

    `states` (P, N, E), `weight` (V, E), `bias` (V,), `targets` (N,) without padding. q assigns 1 - `smoothing` to
    the target and spreads `smoothing` evenly over the vocabulary (Szegedy et al. 2016, section 7).

    For two passes with different dropout masks, the loss adds their divergence: `consistency` (alpha) weighs
    (KL(p||q) + KL(q||p)) / 2 against the sum of the two losses (R-Drop, Liang et al. 2021, equation 4).

    With an `original` t, its share of the loss is KL(t||softmax(W s_n + b)) instead (Dakwale & Monz 2017; Khayrallah
    et al. 2018), so that a model adapted to new text keeps its earlier behaviour.
    """
    total: Tensor = _ProjectedCrossEntropy.apply(  # type: ignore[no-untyped-call]
        states, weight, bias, targets, smoothing, consistency, original
    )
    return total / len(states)
