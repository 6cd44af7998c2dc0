"""The dictionary of a package, learned from the encoded training pairs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from nmt.language_model.dictionary import learn_dictionary
from nmt.runtime import Dictionary
from nmt.training.data.prepare import PreparedCorpus


def dictionary(corpus: PreparedCorpus) -> Dictionary:
    """Return the dictionary of `corpus`. Of several translations, those of sources with more weight come first."""
    source, target, pairs = corpus.source_tokenizer, corpus.target_tokenizer, corpus.train
    weighted = pairs.weights or ((len(pairs), 1.0),)

    def texts() -> Iterator[tuple[str, str, float]]:
        indices = iter(range(len(pairs)))
        for count, weight in weighted:
            for index in islice(indices, count):
                yield source.decode(pairs.source(index).tolist()), target.decode(pairs.target(index).tolist()), weight

    return learn_dictionary(texts)
