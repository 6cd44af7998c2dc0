"""Attention that is shown where to look (guided alignment, Chen et al. 2016; Mi et al. 2016).

A lexicon says which source subword each target subword probably came from, and the attention pays for looking
elsewhere. With little text it would find out late, or never.
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
"""lambda: how much likelier counterparts in like places are, exp(-lambda |i/S - j/T|) (Dyer et al. 2013, section 2)."""
_NULL_SHARE = 0.08
"""Prior of a target subword to have no counterpart (p0, ibid.)."""
_SMALLEST = 1e-6
"""Weights below it count as it: their logarithm is no number to learn from."""


def expected_alignment(batch: Batch, lexicon: Lexicon) -> Tensor:
    """(B, T, S): the probability that target subword j of `batch` came from source subword i.

    A row adds up to at most 1; what is missing is the chance that it came from nowhere. <END> comes from <END>, and
    padding and what the lexicon lacks from nowhere.
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
    """(B, T, S): how likely source place i is for target place j before their subwords are looked at."""
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
    """- sum_ij expected_ij log weights_ij of two (B, T, S): nats, summed over target subwords."""
    return -(expected * weights.float().clamp_min(_SMALLEST).log()).sum()
