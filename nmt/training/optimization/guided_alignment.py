"""Guided alignment (Chen et al. 2016; Mi et al. 2016): a loss that trains attention on alignments from a lexicon.

A lexicon gives the probability that a target subword is aligned to each source subword, and the loss penalizes
attention elsewhere. With little text, attention would learn the alignment late or never.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nmt.corpus.batching import Batch
from nmt.training.data.lexicon import NULL, Lexicon
from tokenizer import END_ID, PAD_ID

_DIAGONAL = 4.0
"""lambda of the diagonal prior exp(-lambda |i/S - j/T|), favouring similar positions (Dyer et al. 2013, section 2)."""
_NULL_SHARE = 0.08
"""Prior probability that a target subword is unaligned (p0, ibid.)."""
_SMALLEST = 1e-6
"""Attention weights are clamped to at least this before the logarithm."""


def expected_alignment(batch: Batch, lexicon: Lexicon) -> Tensor:
    """Return the probability (B, T, S) that target subword j of `batch` is aligned to source subword i.

    A row sums to at most 1; the rest is the probability of no alignment. <END> is aligned to <END>; padding and
    subwords missing from the lexicon are unaligned.
    """
    source, target = batch.source.numpy(), batch.target_output.numpy()  # (B, S), (B, T)
    joint = lexicon.probabilities(source[:, np.newaxis, :], target[:, :, np.newaxis])  # (B, T, S)
    joint *= _prior(source, target)
    null = _NULL_SHARE * lexicon.probabilities(np.array(NULL), target)  # (B, T)
    posterior = joint / np.maximum(joint.sum(axis=2) + null, np.finfo(np.float64).tiny)[:, :, np.newaxis]
    ends = (target == END_ID)[:, :, np.newaxis] & (source == END_ID)[:, np.newaxis, :]
    posterior[ends] = 1.0
    return torch.from_numpy(posterior.astype(np.float32))


def _prior(source: NDArray[np.int64], target: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the prior (B, T, S) that target position j is aligned to source position i, whatever their subwords."""
    places = [
        np.arange(ids.shape[1]) / np.maximum((ids != PAD_ID).sum(axis=1, keepdims=True) - 1, 1)
        for ids in (source, target)
    ]
    closeness = np.exp(-_DIAGONAL * np.abs(places[1][:, :, np.newaxis] - places[0][:, np.newaxis, :]))
    closeness *= ((source != PAD_ID) & (source != END_ID))[:, np.newaxis, :]
    total = np.maximum(closeness.sum(axis=2, keepdims=True), np.finfo(np.float64).tiny)
    prior: NDArray[np.float64] = (1 - _NULL_SHARE) * closeness / total
    return prior


def summed_alignment_loss(weights: Tensor, expected: Tensor) -> Tensor:
    """Return - sum_ij expected_ij log weights_ij for two (B, T, S), in nats, summed over target subwords."""
    return -(expected * weights.float().clamp_min(_SMALLEST).log()).sum()
