"""Length normalisation and the length limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.decoding import DecodingOptions, LengthModel, length_penalty


def test_the_penalty_of_one_subword_is_one_for_every_alpha() -> None:
    assert [length_penalty(1, alpha) for alpha in (0.0, 0.6, 1.0)] == [1.0, 1.0, 1.0]


def test_the_penalty_grows_as_wu_et_al_define_it() -> None:
    assert length_penalty(7, 0.5) == pytest.approx(2.0**0.5)  # ((5 + 7) / 6) ** 0.5


def test_the_limit_is_mean_and_k_deviations_of_the_corpus() -> None:
    # (target + 1) / (source + 1): 10/10 and 20/10, mean 1.5, deviation 0.5
    model = LengthModel.fit([9, 9], [9, 19])
    assert (model.mean, model.deviation) == (1.5, 0.5)
    assert LengthModel(1.5, 0.5, k_sigma=2.0, minimum=3).limit(9) == 25  # (1.5 + 2 x 0.5) x 10
    assert LengthModel(1.0, 0.0, k_sigma=2.0, minimum=12).limit(1) == 12


@given(lengths=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1))
def test_a_longer_source_never_gets_a_smaller_limit(lengths: list[tuple[int, int]]) -> None:
    model = LengthModel.fit(*zip(*lengths, strict=True))
    limits = [model.limit(length) for length in range(30)]
    assert limits == sorted(limits)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beam_size": 0}, "beam_size is 0, allowed: 1 to 64"),
        ({"beam_size": 65}, "beam_size is 65"),
        ({"beam_size": 3, "n_best": 4}, "4 translations asked for with beam_size 3"),
        ({"max_length": 0}, "max_length is 0"),
        ({"length_alpha": -0.1}, r"length_alpha is -0\.1"),
    ],
)
def test_options_out_of_range_are_refused_with_the_range(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        DecodingOptions(**options)  # type: ignore[arg-type]
