"""The character models of a package, learned from both sides of the encoded training pairs."""

from __future__ import annotations

import numpy as np

from nmt.corpus.batching import epoch
from nmt.language_model.character_ngrams import learn_models, pack_models
from nmt.training.data.prepare import PreparedCorpus

_MOST_PAIRS = 200_000
"""Maximum number of pairs to learn from, drawn from an epoch at even distances. They take a few seconds."""


def character_models(corpus: PreparedCorpus) -> bytes:
    """Return the packed character models of the two languages of `corpus`. Equal pairs give equal bytes."""
    direction, pairs = corpus.stored.state.direction, corpus.train
    seen = epoch(pairs, np.random.default_rng(0))  # pairs with a weight as often as training sees them
    drawn = map(corpus.pair, seen[:: -(-len(seen) // _MOST_PAIRS)])
    texts = ((pair.source, pair.target) for pair in drawn)
    return pack_models(learn_models(texts, (direction.source, direction.target)))
