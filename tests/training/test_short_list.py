"""IBM Model 1 finds the dictionary that a corpus was made with."""

from __future__ import annotations

import numpy as np
import pytest

from nmt.corpus.batching import IdPairs
from nmt.runtime.words import ShortLists
from nmt.training import lexicon, short_list
from nmt.training.lexicon import learn_lexicon
from nmt.training.short_list import short_lists

FIRST, WORDS = 10, 50
ALWAYS_THERE = 5  # an article, say, which every target sentence has and no source word means


def corpus(sentences: int) -> IdPairs:
    """Each source word w becomes w + WORDS; the order of the words is lost."""
    generator = np.random.default_rng(0)
    sources = [generator.integers(FIRST, FIRST + WORDS, generator.integers(1, 9)) for _ in range(sentences)]
    targets = [[ALWAYS_THERE, *generator.permutation(source + WORDS)] for source in sources]
    return IdPairs([source.tolist() for source in sources], [list(map(int, target)) for target in targets])


def learned(pairs: IdPairs, source_size: int) -> ShortLists:
    return short_lists(learn_lexicon(pairs, FIRST + 2 * WORDS), pairs, source_size)


@pytest.mark.parametrize("most_cells", [10**9, 4000])
def test_the_likeliest_translation_is_the_dictionarys(monkeypatch: pytest.MonkeyPatch, most_cells: int) -> None:
    monkeypatch.setattr(lexicon, "_MOST_CELLS", most_cells)
    monkeypatch.setattr(lexicon, "_CHUNK_CELLS", 1000)
    monkeypatch.setattr(short_list, "FREQUENT", 1)
    lists = learned(corpus(800), FIRST + WORDS)
    assert lists.translations[FIRST:, 0].tolist() == list(range(FIRST + WORDS, FIRST + 2 * WORDS))
    assert lists.always.tolist() == [3, ALWAYS_THERE]  # <END> and the most frequent


def test_a_word_that_the_corpus_lacks_opens_nothing() -> None:
    lists = learned(corpus(20), FIRST + WORDS + 7)
    assert (lists.translations[-7:] == FIRST + 2 * WORDS).all()
    assert set(lists.of([FIRST + WORDS + 1], [])) == set(lists.always.tolist())
