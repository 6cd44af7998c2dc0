"""The dictionary of a package, learned from the encoded training pairs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from nmt.language_model.dictionary import learn_dictionary
from nmt.runtime import Dictionary
from nmt.training.data.prepare import PreparedCorpus


def dictionary(corpus: PreparedCorpus) -> Dictionary:
    """Return the dictionary of `corpus`. Of several translations, those of sources with more weight come first."""
    weighted = corpus.train.weights or ((len(corpus.train), 1.0),)

    def texts() -> Iterator[tuple[str, str, float]]:
        pairs = map(corpus.pair, range(len(corpus.train)))
        for count, weight in weighted:
            yield from ((pair.source, pair.target, weight) for pair in islice(pairs, count))

    return learn_dictionary(texts)
