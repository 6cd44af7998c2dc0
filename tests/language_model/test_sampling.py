from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nmt.errors import OptionOutOfRange
from nmt.language_model.sampling import SampleOptions, StreamDecoder, gumbel_noise
from nmt.language_model.symbols import Characters, Subwords
from nmt.training.language_model.graphs import sampling_graph
from nmt.training.language_model.settings import parse_settings
from tokenizer import learn_tokenizer

SETTINGS = parse_settings(["cell=rnn", "layers=1", "hidden=1", "embedding=1"])


def sampled(logits: list[float], top_p: float, noise: np.ndarray) -> list[int]:
    """Return what the graph samples with `noise` (T, V) from a model whose `logits` (V,) never change."""
    size = len(logits)
    weights = {
        "layers.0.cell.weight_ih_l0": np.zeros((1, 1), np.float32),
        "layers.0.cell.weight_hh_l0": np.zeros((1, 1), np.float32),
        "layers.0.cell.bias_ih_l0": np.zeros(1, np.float32),
        "layers.0.cell.bias_hh_l0": np.zeros(1, np.float32),
        "output.weight": np.zeros((size, 1), np.float32),
        "output.bias": np.array(logits, dtype=np.float32),
    }
    session = onnxruntime.InferenceSession(
        sampling_graph(SETTINGS, weights, False, [], top_p=True), providers=["CPUExecutionProvider"]
    )
    ids, *_ = session.run(
        None,
        {
            "steps": np.array(len(noise)), "symbols": np.zeros(1, np.int64), "noise": noise[:, None].astype(np.float32),
            "temperature": np.array(1.0, np.float32), "top_p": np.array(top_p, np.float32),
            "state.0": np.zeros((1, 1), np.float32), "table": np.zeros((size, 1), np.float32),
        },
    )  # fmt: skip
    return [int(each) for each in ids[:, 0]]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-6, 6, width=32), min_size=2, max_size=12, unique=True), st.floats(0.01, 1.0, exclude_max=True)
)
def test_top_p_keeps_exactly_the_smallest_set(logits: list[float], top_p: float) -> None:
    probabilities = np.exp(logits) / np.exp(logits).sum()
    order = np.argsort(-probabilities)
    sums = np.cumsum(probabilities[order])
    assume(np.abs(sums - top_p).min() > 1e-4)  # what float32 can tell apart
    assume(np.abs(np.diff(np.sort(probabilities))).min() > 1e-6)
    smallest = next(count for count in range(1, len(logits) + 1) if sums[count - 1] >= top_p)
    # Noise so large that each place in turn is taken, if it is in the set.
    found = sampled(logits, top_p, 1e6 * np.eye(len(logits)))
    assert set(found) == set(order[:smallest].tolist())


def test_half_of_the_mass_by_hand() -> None:
    # 0.4 alone is less than 0.5, 0.4 + 0.3 is not: the set is {1, 3}.
    found = sampled(np.log([0.2, 0.4, 0.1, 0.3]).tolist(), 0.5, 1e6 * np.eye(4))
    assert set(found) == {1, 3}


def test_noise_is_finite_has_the_mean_of_its_distribution_and_does_not_depend_on_how_it_is_drawn() -> None:
    whole = gumbel_noise(np.random.default_rng(1), 4000, 10)
    generator = np.random.default_rng(1)
    parts = np.concatenate([gumbel_noise(generator, steps, 10) for steps in (1, 7, 3992)])
    assert np.isfinite(whole).all()
    assert whole.mean() == pytest.approx(np.euler_gamma, abs=0.03)
    assert (whole == parts).all()


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
