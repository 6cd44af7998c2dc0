"""The known words of a package, learned from the encoded training pairs."""

from __future__ import annotations

from nmt.language_model.known_words import learn_known_words
from nmt.runtime import KnownWords
from nmt.training.data.prepare import PreparedCorpus


def known_words(corpus: PreparedCorpus, before: KnownWords | None = None) -> KnownWords:
    """Return the known words of `corpus`, beside what the package that training starts from knew `before`."""
    pairs = map(corpus.pair, range(len(corpus.train)))
    return learn_known_words(((pair.source, pair.target) for pair in pairs), before)
