"""Words of a text that is large enough are learned; other words then cost a penalty."""

from __future__ import annotations

import pytest

from nmt.language_model.word_beginnings import learn_word_beginnings
from nmt.runtime.words import Subwords, beginnings_of
from tokenizer import SubwordTokenizer, learn_tokenizer

TEXTS = ["La venta de la casa, l'ombre de la casa y la venta."] * 20


@pytest.fixture(scope="module")
def spanish() -> SubwordTokenizer:
    return learn_tokenizer(TEXTS, 300)


def beginnings(tokenizer: SubwordTokenizer, word: str) -> list[int]:
    subwords = Subwords(tokenizer.pieces(range(tokenizer.vocabulary_size)))
    return beginnings_of(subwords, tokenizer.encode(word))


def test_words_are_learned_without_what_surrounds_them(spanish: SubwordTokenizer) -> None:
    known = learn_word_beginnings(TEXTS, spanish)
    assert known is not None
    for word in ("venta", "casa", "ombre"):
        assert all(each in known for each in beginnings(spanish, word))
    assert not all(each in known for each in beginnings(spanish, "ventombra"))


def test_a_text_of_ever_new_words_says_nothing_of_others(spanish: SubwordTokenizer) -> None:
    vowels = "aeiou"
    fresh = [f"c{a}s{b}v{c}n" for a in vowels for b in vowels for c in vowels]
    assert learn_word_beginnings([" ".join(fresh)], spanish) is None
    assert learn_word_beginnings([" ".join(fresh * 2)], spanish) is not None
    assert learn_word_beginnings([], spanish) is None
    assert learn_word_beginnings(["7 !"], spanish) is None


def test_what_was_known_before_stays_and_further_text_may_be_small(spanish: SubwordTokenizer) -> None:
    before = learn_word_beginnings(TEXTS, spanish)
    after = learn_word_beginnings(["sombra"], spanish, before)
    assert after is not None
    assert all(each in after for word in ("venta", "sombra") for each in beginnings(spanish, word))
