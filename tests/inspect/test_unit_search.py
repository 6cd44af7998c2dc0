"""Features of a text, correlations and thresholds, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.inspect.reading_text import by_character, character_ends
from nmt.inspect.text_features import FEATURES, features_of
from nmt.inspect.unit_search import best_threshold, correlate, report_units, tells
from tokenizer import SubwordTokenizer


@pytest.mark.parametrize(
    ("feature", "text", "expected"),
    [
        ("inside quotes", 'a "b c" d', "..1111..."),
        ("inside quotes", "„a“ «b» “c”", "11..11..11."),
        ("inside quotes", '"a\n\nb"', "111..1"),
        ("inside brackets", "a(b[c]d)e", ".111111.."),
        ("inside brackets", ")a(b", "..11"),
        ("word start", "ab c-d", "1..1.1"),
        ("capital", "aBÄ1", ".11."),
        ("digit", "a1²", ".11"),
    ],
)
def test_a_feature_is_that_of_what_was_read(feature: str, text: str, expected: str) -> None:
    assert list(FEATURES[feature](text)) == [float(each == "1") for each in expected]


def test_the_place_in_the_line_counts_from_zero() -> None:
    assert list(FEATURES["place in the line"]("ab\nc")) == [0, 1, 2, 0]


def test_texts_are_read_each_by_itself_and_constant_features_are_left_out() -> None:
    assert {name: values.tolist() for name, values in features_of(['"a', "b"]).items()} == {
        "inside quotes": [1, 1, 0],
        "place in the line": [0, 1, 0],
        "word start": [0, 1, 1],
    }


@given(st.integers(2, 40), st.integers(0, 10**6))
def test_correlations_are_those_of_numpy(count: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    left, right = generator.normal(size=(count, 3)), generator.normal(size=(count, 2))
    expected = np.corrcoef(left, right, rowvar=False)[:3, 3:]
    np.testing.assert_allclose(correlate(left, right), expected, atol=1e-9)


def test_a_unit_that_never_changes_follows_nothing() -> None:
    assert correlate(np.full((5, 1), 0.3), np.arange(5.0)[:, None]) == [[0.0]]


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(0, 1)), min_size=1, max_size=12))
def test_no_threshold_is_right_more_often_than_the_best(points: list[tuple[int, int]]) -> None:
    activations, wanted = (np.array(each, dtype=float) for each in zip(*points, strict=True))
    best = (tells(activations, *best_threshold(activations, wanted)) == wanted).mean()
    for threshold in np.arange(-5.5, 6):
        for above in (True, False):
            assert (tells(activations, threshold, above) == wanted).mean() <= best + 1e-12


def test_each_unit_and_each_feature_get_their_best_match() -> None:
    wanted = np.array([0.0, 1, 1, 0, 0, 1, 0, 1])
    units, (feature,) = report_units({"layer h": np.stack((wanted * 0, 0.5 - wanted), axis=1)}, {"digit": wanted})
    assert [(each.unit, each.feature) for each in units] == [("layer h 0", "digit"), ("layer h 1", "digit")]
    assert (feature.unit, feature.threshold, feature.accuracy, feature.majority) == ("layer h 1", 0, 1, 0.5)
    assert feature.correlation == pytest.approx(-1)


def test_a_subword_gives_its_state_to_all_its_characters(tokenizer: SubwordTokenizer) -> None:
    text = "red cat é"
    ids = tokenizer.encode(text)
    ends = character_ends(ids, tokenizer.decode, text)
    assert [tokenizer.decode(ids[: ends.index(end) + 1]) for end in sorted(set(ends)) if end] == [
        text[:end] for end in sorted(set(ends)) if end
    ]
    assert ends[-1] == len(text)
    states = np.arange(4.0)[:, None]
    assert by_character(states, "h", 1, [2, 2, 3])[:, 0].tolist() == [1, 1, 3]
    assert by_character(states, "c", 0, [1])[0, 0] == np.tanh(0.0)
