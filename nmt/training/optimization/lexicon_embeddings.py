"""Initialize embeddings from the lexicon, so that each subword's is near those of its translations.

The lexicon of the training pairs gives the association of source and target subwords beyond chance. Factorized as
U S V^T, this matrix gives every source subword a vector U sqrt(S) and every target subword a vector V sqrt(S), as Levy
& Goldberg 2014, section 3.3, do for words and their contexts. The embeddings of a subword and its translations thus
point the same way before training, and the meaning of a subword seen twice need not be learned from two gradients.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from nmt.corpus.batching import IdPairs
from nmt.model import Seq2Seq
from nmt.training.data.lexicon import Lexicon, target_counts
from tokenizer import END_ID, PAD_ID

_LIKELY = 5e-3
"""Smallest translation probability that counts."""
_UNSEEN = 0.5
"""Pseudocount added to the count of every subword."""
_ROUNDS = 4
"""Subspace iterations, which make the randomized factors nearly exact (Halko et al. 2011, algorithm 4.4)."""
_SPARE = 32
"""Oversampling: extra singular values computed to keep the others exact (ibid., section 4.2)."""
_SIGNAL, _NOISE = 0.9, 0.3
"""Average lengths of the lexicon part and the random part of a subword's vector; the random part makes each unique."""


def begin_from_lexicon(model: Seq2Seq, lexicon: Lexicon, pairs: IdPairs) -> None:
    """Initialize the embeddings of a new `model` from `lexicon`, and its output bias from subword frequencies.

    In a lexical model, the path from an attended word to the output starts as the lexicon itself: the product of both
    embeddings, scaled back to the factorized matrix.
    """
    counts = torch.from_numpy(target_counts(pairs, lexicon.target_size))
    counts[END_ID] += len(pairs)
    frequency = (counts + _UNSEEN) / (counts + _UNSEEN).sum()
    size = model.config.embedding_size
    source, target = _factors(_association(lexicon, model.config.source_vocabulary, frequency), size)
    is_joint = model.encoder.embedding is model.decoder.embedding
    if is_joint:
        source = target = source + target
    lengths = [float(vectors.square().sum(dim=1).mean().sqrt()) for vectors in (source, target)]
    with torch.no_grad():
        model.output.bias.copy_(frequency.log() - frequency.log().mean())
        if not all(lengths):
            return  # an empty lexicon
        _begin(model.decoder.embedding.weight, target / lengths[1])
        if not is_joint:
            _begin(model.encoder.embedding.weight, source / lengths[0])
        if model.output.weight is not model.decoder.embedding.weight:
            model.output.weight.copy_(model.decoder.embedding.weight)
        if model.config.word_size:
            words = model.decoder.combine.weight[:, -size:]
            words.copy_(lengths[0] * lengths[1] * torch.eye(size))


def _association(lexicon: Lexicon, source_size: int, frequency: Tensor) -> Tensor:
    """Return log t(target | source) / p(target) where it is positive, as a sparse (V, V)."""
    source, target = np.divmod(lexicon.keys, lexicon.target_size)
    likely = (lexicon.table > _LIKELY) & (source > END_ID) & (target > END_ID)
    places = torch.from_numpy(np.stack([source[likely], target[likely]]))
    share = torch.from_numpy(lexicon.table[likely])
    information = (share / frequency[places[1]]).log().clamp_min(0.0)
    size = source_size, lexicon.target_size
    return torch.sparse_coo_tensor(places, information, size, check_invariants=True).coalesce()


def _factors(matrix: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Return U sqrt(S) and V sqrt(S) (V, `size`) of the largest singular values, zero beyond the rank of `matrix`."""
    found = min(size + _SPARE, *matrix.shape)
    left, values, right = torch.svd_lowrank(matrix, found, _ROUNDS)
    # Rotate at random: otherwise the first dimensions would hold most of the information, and dropout could remove it.
    turn, _ = torch.linalg.qr(torch.randn(size, size))
    roots = values[:size].sqrt()
    source, target = ((vectors[:, :size] * roots) @ turn[: len(roots)] for vectors in (left, right))
    return source, target


def _begin(weight: Tensor, vectors: Tensor) -> None:
    """Set `weight` to `vectors` (V, E), of about unit length, plus noise; the row of <PAD> is unchanged."""
    padding = weight[PAD_ID].clone()
    weight.copy_(_SIGNAL * vectors + _NOISE * torch.randn_like(vectors) / vectors.shape[1] ** 0.5)
    weight[PAD_ID] = padding
