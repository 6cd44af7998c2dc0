"""IBM Model 1 finds the dictionary that a corpus was made with."""

from __future__ import annotations

import numpy as np
import pytest

from nmt.corpus.batching import IdPairs
from nmt.runtime.short_lists import ShortLists
from nmt.training.data import lexicon
from nmt.training.data import short_lists as short_list
from nmt.training.data.lexicon import learn_lexicon
from nmt.training.data.short_lists import short_lists

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


def test_what_the_likeliest_lack_again_and_again_is_opened_by_the_likeliest_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(short_list, "FREQUENT", 1)
    monkeypatch.setattr(short_list, "_SMALLEST", 0.3)  # so high that few translations are likely
    pairs = corpus(400)
    source, spelling = FIRST + WORDS, list(range(FIRST, FIRST + 8))
    greeting, once = [source], [source + 1]
    rows = [
        [pairs.source(index).tolist() for index in range(len(pairs))],
        [pairs.target(index).tolist() for index in range(len(pairs))],
    ]
    lists = learned(IdPairs([*rows[0], greeting, greeting, once], [*rows[1], spelling, spelling, spelling]), source + 2)
    assert set(spelling) <= set(lists.of(greeting, []))
    assert set(lists.of(once, [])) == set(lists.always.tolist())


def test_a_pair_counts_as_often_as_it_is_seen() -> None:
    pairs = corpus(300)
    heavier = IdPairs.of_arrays(pairs.arrays, [(10, 3.0), (len(pairs) - 10, 1.0)])
    thrice = [index for index in range(10) for _ in range(3)] + list(range(10, len(pairs)))
    repeated = IdPairs(
        [pairs.source(index).tolist() for index in thrice], [pairs.target(index).tolist() for index in thrice]
    )
    one, other = (learn_lexicon(each, FIRST + 2 * WORDS) for each in (heavier, repeated))
    assert one.keys.tolist() == other.keys.tolist()
    np.testing.assert_allclose(one.table, other.table, rtol=1e-5)
