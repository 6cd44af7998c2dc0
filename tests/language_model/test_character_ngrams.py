"""Character models: probabilities worked by hand, sums to one, and files that give the same model back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nmt.errors import PackageCorrupt
from nmt.language_model.character_ngrams import (
    CODE_POINTS,
    CharacterModel,
    learn_models,
    pack_models,
    unpack_models,
    words_of,
)

COUNTS = st.dictionaries(st.text("abñ", min_size=1, max_size=7), st.integers(1, 1000), min_size=1, max_size=12)


def test_words_are_lower_case_letters_cut_after_an_apostrophe() -> None:
    assert words_of("Don't: 12 L\u2019HOMME_x") == ["don'", "t", "l'", "homme", "x"]
    assert words_of("¿Qué, 'no'?") == ["¿", "qué", "no'"]
    assert words_of("12:30 ...") == []


def test_probabilities_interpolate_all_orders_by_hand() -> None:
    model = CharacterModel.learn({"a": 2})
    # Order 1, of "a" and " " twice each, after anything: g = 2 kinds, p = (2 + 2 u) / (4 + 2) = 1/3.
    # Order 2: p(a | " ") = p(" " | a) = (2 + 1 x 1/3) / (2 + 1) = 7/9.
    # Order 3: p(" " | " a") = (2 + 1 x 7/9) / (2 + 1) = 25/27.
    assert np.exp(model.log_probabilities("a")) == pytest.approx([7 / 9, 25 / 27], rel=1e-3)


def test_pruned_continuations_leave_their_share_to_shorter_contexts() -> None:
    # Kept are " " (12 times), "a" (9) and "b" (3), with g = 3 kinds: p(b) = (3 + ...) / (24 + 3) = 1/9.
    # "a" follows a space 9 of 12 times; pruned is "b" after a space, so that g = 1 kind + 3 occurrences:
    # p(b | " ") = (0 + 4 x 1/9) / (9 + 4) = 4/117.
    model = CharacterModel.learn({"a": 9, "b": 3}, most=3)
    assert np.exp(model.log_probabilities("b")[0]) == pytest.approx(4 / 117, rel=0.02)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.text("abñx", max_size=8), st.integers(1, 60))
def test_the_probabilities_of_all_characters_sum_to_one(counts: dict[str, int], before: str, most: int) -> None:
    model = CharacterModel.learn(counts, most)
    alphabet = sorted(set("".join(counts)))
    end = np.exp(model.log_probabilities(before)[-1])
    letters = [np.exp(model.log_probabilities(before + letter)[len(before)]) for letter in alphabet]
    unknown = np.exp(model.log_probabilities(f"{before}\u4e00")[len(before)])
    assert end + sum(letters) + (CODE_POINTS - len(alphabet) - 1) * unknown == pytest.approx(1.0)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.lists(st.text("abñx", min_size=1, max_size=8), min_size=2, max_size=4))
def test_words_are_independent(counts: dict[str, int], words: list[str]) -> None:
    model = CharacterModel.learn(counts)
    apart = sum(model.log_probabilities(word).sum() for word in words)
    assert model.log_probabilities(" ".join(words)).sum() == pytest.approx(apart)


@settings(max_examples=30, deadline=None)
@given(COUNTS, st.integers(1, 200))
def test_a_file_gives_the_same_model_back_and_equal_counts_equal_bytes(counts: dict[str, int], most: int) -> None:
    model = CharacterModel.learn(counts, most)
    content = pack_models({"pt-BR": model})
    assert content == pack_models({"pt-BR": CharacterModel.learn(dict(reversed(counts.items())), most)})
    (read,) = unpack_models(content).values()
    assert list(unpack_models(content)) == ["pt-BR"]
    assert read.words == sum(counts.values())
    np.testing.assert_array_equal(read.log_probabilities("abba ñx"), model.log_probabilities("abba ñx"))


def test_both_sides_of_pairs_are_learned_and_one_without_words_is_left_out() -> None:
    models = learn_models([("the cat", "12"), ("the dog", "13")], ("en", "xx"))
    assert {language: model.words for language, model in models.items()} == {"en": 4}


def test_stray_characters_do_not_join_the_alphabet() -> None:
    model = CharacterModel.learn({"word": 100_000, "слово": 1})
    assert model.knows("w")
    assert not model.knows("л")
    assert model.words == 100_000


@pytest.mark.parametrize("cut", [0, 10, 400])
def test_a_damaged_file_is_named(cut: int) -> None:
    with pytest.raises(PackageCorrupt, match=r"characters\.npz"):
        unpack_models(pack_models({"en": CharacterModel.learn({"cat": 3})})[:cut])


def test_arrays_that_do_not_fit_are_refused() -> None:
    arrays = CharacterModel.learn({"cat": 3}).to_arrays()
    with pytest.raises(ValueError, match="n-grams of 2 characters do not fit those of 1"):
        CharacterModel.from_arrays({**arrays, "counts.2": arrays["counts.2"][:-1]})
