"""Splitting changes the subwords and never the text."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.corpus.subword_regularization import SubwordSplitter
from tokenizer import SubwordTokenizer, learn_tokenizer

WORDS = ["".join(each) for each in product(("ba", "stro", "kel"), ("n", "ti", "mu"), ("da", "ver", "lo"))]
TEXT = " ".join(WORDS)


@pytest.fixture(scope="module")
def syllables() -> SubwordTokenizer:
    return learn_tokenizer([f"{one} {two}" for one, two in product(WORDS, WORDS)], 340)


def split(tokenizer: SubwordTokenizer, text: str, rate: float, seed: int = 1) -> list[int]:
    ids = np.array(tokenizer.encode(text), dtype=np.int32)
    return SubwordSplitter(tokenizer).split(ids, rate, np.random.default_rng(seed)).tolist()


@given(
    text=st.lists(st.sampled_from([*WORDS, "ä", "\n", " ", "x"])).map("".join),
    rate=st.floats(0.0, 0.99),
    seed=st.integers(0, 9),
)
def test_the_text_stays(syllables: SubwordTokenizer, text: str, rate: float, seed: int) -> None:
    assert syllables.decode(split(syllables, text, rate, seed)) == text


def test_more_falls_apart_at_a_higher_rate_and_nothing_at_none(syllables: SubwordTokenizer) -> None:
    counts = [len(split(syllables, TEXT, rate)) for rate in (0.0, 0.2, 0.6, 0.999)]
    assert counts == sorted(set(counts))
    assert counts[0] == len(syllables.encode(TEXT))


def test_the_same_generator_splits_in_the_same_way_and_another_otherwise(syllables: SubwordTokenizer) -> None:
    assert split(syllables, TEXT, 0.3, 1) == split(syllables, TEXT, 0.3, 1)
    assert split(syllables, TEXT, 0.3, 1) != split(syllables, TEXT, 0.3, 2)
