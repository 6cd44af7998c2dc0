"""Cross-entropies of texts, against the character model that they are made of."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from nmt.language_model.character_ngrams import CharacterModel
from nmt.language_model.cross_entropy import TextModel

TEXTS = ["the red house", "The house, 12 houses", "a red boat"]


def test_it_is_the_mean_over_the_characters_of_a_text_and_the_space_after_it() -> None:
    words = CharacterModel.learn(Counter(" ".join(TEXTS).lower().split()))
    found = TextModel.learn(TEXTS).cross_entropy(["red  house", "12 boats!"])
    expected = [-words.log_probabilities(text).mean() for text in ("red house", "12 boats!")]
    assert found == pytest.approx(expected)


def test_a_text_has_the_same_value_alone_and_among_others() -> None:
    model = TextModel.learn(TEXTS)
    together = model.cross_entropy(["a house", "red red", "12"])
    assert together.tolist() == [model.cross_entropy([text])[0] for text in ("a house", "red red", "12")]


def test_a_blank_text_has_none() -> None:
    model = TextModel.learn(TEXTS)
    assert np.isnan(model.cross_entropy(["", "house", " \t"])).tolist() == [True, False, True]
    assert np.isnan(model.cross_entropy([""])).all()
    assert len(model.cross_entropy([])) == 0
