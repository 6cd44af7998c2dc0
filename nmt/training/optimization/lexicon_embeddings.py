"""The embeddings that training begins with: each near those of its translations.

The lexicon of the training pairs says which subwords go together beyond chance. That matrix, factorised as U S V^T,
gives every subword of the source a vector U sqrt(S) and every one of the target a vector V sqrt(S) (as Levy & Goldberg
2014, section 3.3, do with words and the words around them). So a subword and its translations point the same way before
training begins, and what a subword means that is seen twice need not be found out by two gradients.
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
"""Probability of the least likely translation that counts."""
_UNSEEN = 0.5
"""Times that every subword counts as seen beside those that it was."""
_ROUNDS = 4
"""Subspace iterations, which make the randomised factors near exact (Halko et al. 2011, algorithm 4.4)."""
_SPARE = 32
"""Singular values sought beyond those that are kept, which keeps these exact (ibid., section 4.2)."""
_SIGNAL, _NOISE = 0.9, 0.3
"""Lengths of what a word's vector has of the lexicon, on average, and of chance, so that no two are the same."""


def begin_from_lexicon(model: Seq2Seq, lexicon: Lexicon, pairs: IdPairs) -> None:
    """Give a new `model` the embeddings that `lexicon` suggests, and an output bias that says how frequent words are.

    In a lexical model the way from an attended word to the output begins as the lexicon itself: the product of both
    embeddings, scaled back to the matrix that was factorised.
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
            return  # a lexicon without a word
        _begin(model.decoder.embedding.weight, target / lengths[1])
        if not is_joint:
            _begin(model.encoder.embedding.weight, source / lengths[0])
        if model.output.weight is not model.decoder.embedding.weight:
            model.output.weight.copy_(model.decoder.embedding.weight)
        if model.config.word_size:
            words = model.decoder.combine.weight[:, -size:]
            words.copy_(lengths[0] * lengths[1] * torch.eye(size))


def _association(lexicon: Lexicon, source_size: int, frequency: Tensor) -> Tensor:
    """(V, V) sparse: log t(target | source) / p(target) where it is positive."""
    source, target = np.divmod(lexicon.keys, lexicon.target_size)
    likely = (lexicon.table > _LIKELY) & (source > END_ID) & (target > END_ID)
    places = torch.from_numpy(np.stack([source[likely], target[likely]]))
    share = torch.from_numpy(lexicon.table[likely])
    information = (share / frequency[places[1]]).log().clamp_min(0.0)
    size = source_size, lexicon.target_size
    return torch.sparse_coo_tensor(places, information, size, check_invariants=True).coalesce()


def _factors(matrix: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """U sqrt(S) and V sqrt(S) (V, `size`) of the largest singular values, zero beyond the rank of `matrix`."""
    found = min(size + _SPARE, *matrix.shape)
    left, values, right = torch.svd_lowrank(matrix, found, _ROUNDS)
    # Turned at random: else the first numbers would hold most of what there is, and dropping one would drop much.
    turn, _ = torch.linalg.qr(torch.randn(size, size))
    roots = values[:size].sqrt()
    source, target = ((vectors[:, :size] * roots) @ turn[: len(roots)] for vectors in (left, right))
    return source, target


def _begin(weight: Tensor, vectors: Tensor) -> None:
    """Put `vectors` (V, E), of about unit length, and some noise in place of `weight`; <PAD> keeps what it has."""
    padding = weight[PAD_ID].clone()
    weight.copy_(_SIGNAL * vectors + _NOISE * torch.randn_like(vectors) / vectors.shape[1] ** 0.5)
    weight[PAD_ID] = padding
