"""The known words of a package and the beginnings of its target words, learned from the encoded training pairs."""

from __future__ import annotations

from nmt.language_model.known_words import learn_known_words
from nmt.language_model.word_beginnings import learn_word_beginnings
from nmt.runtime import KnownWords, WordBeginnings
from nmt.training.data.prepare import PreparedCorpus


def known_words(corpus: PreparedCorpus, before: KnownWords | None = None) -> KnownWords:
    """Return the known words of `corpus`, beside what the package that training starts from knew `before`."""
    pairs = map(corpus.pair, range(len(corpus.train)))
    return learn_known_words(((pair.source, pair.target) for pair in pairs), before)


def word_beginnings(corpus: PreparedCorpus, before: WordBeginnings | None = None) -> WordBeginnings | None:
    """Return the beginnings of the target words of `corpus`, beside those `before`; None where they say little."""
    texts = (corpus.pair(index).target for index in range(len(corpus.train)))
    return learn_word_beginnings(texts, corpus.target_tokenizer, before)
