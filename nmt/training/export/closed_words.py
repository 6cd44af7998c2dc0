"""The row of the output layer that stands for the words that are not on a sentence's short list."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nmt.corpus.batching import Batch, IdPairs, epoch
from nmt.model import Seq2Seq
from nmt.runtime.short_lists import ShortLists
from nmt.training.export.graphs.builder import Floats
from tokenizer import PAD_ID, SubwordTokenizer

_PAIRS = 1000
_BATCH = 50
_RIDGE = 1e-4
"""Weight of the squared norm of the row, relative to the number of subwords."""


def fit_closed_words(
    model: Seq2Seq, tokenizers: tuple[SubwordTokenizer, SubwordTokenizer], lists: ShortLists, pairs: IdPairs
) -> Floats | None:
    """Return the weights and the bias (E + 1,) of one logit for all words that `lists` do not open to a sentence.

    They are fitted by least squares to log(sum of e^logit) over these words, at each subword of the references of up to
    1,000 of the `pairs`, spread over an epoch. Returns None if the lists open nearly everything.
    """
    seen = epoch(pairs, np.random.default_rng(0))
    chosen = seen[:: -(-len(seen) // _PAIRS)]
    size = model.config.embedding_size + 1
    squares, products = torch.zeros(size, size, dtype=torch.float64), torch.zeros(size, dtype=torch.float64)
    model.eval()
    with torch.no_grad():
        for start in range(0, len(chosen), _BATCH):
            indices = chosen[start : start + _BATCH].tolist()
            closed = torch.from_numpy(np.stack([_closed(pairs.source(index), tokenizers, lists) for index in indices]))
            inputs, wanted = _examples(model, pairs.batch(indices), closed)
            squares += inputs.T @ inputs
            products += inputs.T @ wanted
    count = float(squares[-1, -1])
    if count < size:
        return None
    fitted: Tensor = torch.linalg.solve(squares + _RIDGE * count * torch.eye(size), products)
    return fitted.numpy().astype(np.float32)


def _closed(
    source: NDArray[np.int32], tokenizers: tuple[SubwordTokenizer, SubwordTokenizer], lists: ShortLists
) -> NDArray[np.bool_]:
    """Return which target words (V,) are not open to the sentence `source`."""
    copied = tokenizers[1].encode(tokenizers[0].decode(source.tolist()))
    closed = np.ones(lists.padding, dtype=bool)
    closed[lists.of(source.tolist(), copied)] = False
    return closed


def _examples(model: Seq2Seq, batch: Batch, closed: Tensor) -> tuple[Tensor, Tensor]:
    """Return what the output layer reads, with a one at the end (N, E + 1), and the log sums over `closed` (N,)."""
    device = next(model.parameters()).device
    moved = batch.to(device)
    states = model.states(moved.source, moved.source_length, moved.target_input)  # (B, T, E)
    logits = model.output(states).masked_fill(~closed.to(device)[:, None], -torch.inf)  # (B, T, V)
    sums = torch.logsumexp(logits, dim=2)
    is_kept = (moved.target_output != PAD_ID) & sums.isfinite()
    inputs = states[is_kept].double().cpu()
    return torch.cat([inputs, torch.ones(len(inputs), 1, dtype=torch.float64)], dim=1), sums[is_kept].double().cpu()
