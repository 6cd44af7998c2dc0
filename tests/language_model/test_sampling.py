from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_language_models import with_constant_logits

from nmt.errors import OptionOutOfRange
from nmt.language_model.sampling import SampleOptions, StreamDecoder, drawn
from nmt.language_model.symbols import Characters, Subwords
from nmt.runtime.native.library import installed_library
from tokenizer import learn_tokenizer

needs_library = pytest.mark.skipif(installed_library() is None, reason="the decoder was not compiled here")
START = (np.zeros((1, 1), dtype=np.float32),)
some_logits = st.lists(st.floats(-6, 6, width=32), min_size=2, max_size=40)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(-6, 6, width=32), min_size=2, max_size=12, unique=True), st.floats(0.01, 1.0))
def test_top_p_keeps_exactly_the_smallest_set(logits: list[float], top_p: float) -> None:
    assume(np.diff(np.sort(logits)).min() > 1e-3)  # float32 tells their probabilities apart
    probabilities = np.exp(logits) / np.exp(logits).sum()
    order = np.argsort(-probabilities)
    sums = np.cumsum(probabilities[order])
    assume(np.abs(sums - top_p).min() > 1e-4)
    smallest = next(count for count in range(1, len(logits) + 1) if count == len(logits) or sums[count - 1] >= top_p)
    # The middle of the range in which each symbol of the set is drawn.
    kept = np.where(np.isin(np.arange(len(logits)), order[:smallest]), probabilities, 0.0)
    middles = (np.cumsum(kept) - kept / 2) / kept.sum()
    found = {drawn(np.array(logits, dtype=np.float32), 1.0, top_p, uniform) for uniform in middles}
    assert found == set(order[:smallest].tolist())


def test_half_of_the_mass_by_hand() -> None:
    # 0.4 alone is less than 0.5, 0.4 + 0.3 is not: the set is {1, 3}, of which 1 has 4/7.
    logits = np.log(np.array([0.2, 0.4, 0.1, 0.3], dtype=np.float32))
    assert [drawn(logits, 1.0, 0.5, uniform) for uniform in (0.0, 0.57, 0.58, 0.999)] == [1, 1, 3, 3]


@needs_library
@settings(max_examples=100, deadline=None)
@given(some_logits, st.sampled_from([0.0, 0.3, 1.0, 3.0]), st.sampled_from([0.05, 0.5, 0.9, 0.999, 1.0]))
def test_the_compiled_draw_is_the_readable_one(logits: list[float], temperature: float, top_p: float) -> None:
    scaled = np.array(logits) / (temperature or 1.0)
    p = np.sort(np.exp(scaled - scaled.max()))[::-1]
    gaps = -np.diff(p)
    assume(not ((gaps > 0) & (gaps < 1e-5)).any())  # what float32 can tell apart
    assume(np.abs(np.cumsum(p) / p.sum() - top_p).min() > 1e-5 or top_p == 1.0)
    uniforms = np.random.default_rng(0).random(200)
    found, _ = with_constant_logits(logits).sample(0, START, uniforms, temperature, top_p)
    expected = [drawn(np.array(logits, dtype=np.float32), temperature, top_p, uniform) for uniform in uniforms]
    # A uniform at the border of two symbols may be either.
    assert sum(one != other for one, other in zip(found, expected, strict=True)) <= 1


@needs_library
@pytest.mark.parametrize("top_p", [0.25, 0.5, 0.75])
def test_of_equally_probable_symbols_the_first_are_kept(top_p: float) -> None:
    model = with_constant_logits([1.5] * 20)
    found, _ = model.sample(0, START, np.linspace(0.0, 1.0, 500, endpoint=False), 1.0, top_p)
    assert set(found) == set(range(int(20 * top_p)))
    assert set(found) == {drawn(np.full(20, 1.5, np.float32), 1.0, top_p, uniform) for uniform in np.arange(0, 1, 0.01)}


@needs_library
def test_a_symbol_without_any_probability_is_never_drawn() -> None:
    model = with_constant_logits([-200.0, 0.0, -200.0, 1.0, -200.0])
    found, _ = model.sample(0, START, np.array([0.0, 0.2, 0.3, 1.0 - 2.0**-53]), 1.0, 1.0)
    assert found == [1, 1, 3, 3]


@pytest.mark.parametrize(
    ("options", "message"),
    [((-1.0, 1.0, 1), "temperature is -1.0"), ((1.0, 0.0, 1), "top_p is 0.0"), ((1.0, 1.0, -1), "seed is -1")],
)
def test_an_option_outside_its_range_is_named(options: tuple[float, float, int], message: str) -> None:
    with pytest.raises(OptionOutOfRange, match=message):
        SampleOptions(*options)


LINES = ["the cat sat on the mat", "a café in Kraków", "emoji 🐈 here", "plain text again"] * 20
SUBWORDS = Subwords(learn_tokenizer(LINES, 300))


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from("the cat é🐈\n漢"), max_size=40), st.integers(1, 5))
def test_text_that_comes_in_pieces_is_the_whole_text(text: str, size: int) -> None:
    for symbols in (SUBWORDS, Characters("the cat é🐈漢")):
        ids = symbols.encode(text).tolist()
        decoder = StreamDecoder(symbols)
        pieces = [decoder.add(ids[start : start + size]) for start in range(0, len(ids), size)]
        assert "".join([*pieces, decoder.rest()]) == text
        assert not any("\ufffd" in piece for piece in pieces)
