from __future__ import annotations

import pytest

from nmt.errors import ConfigError
from nmt.model import ModelConfig
from nmt.training.optimization.initialization import new_model


@pytest.mark.parametrize("hidden", [1_000_000, 10**11, 10**19])
def test_a_model_that_no_memory_holds_is_refused_before_it_is_made(hidden: int) -> None:
    with pytest.raises(ConfigError, match=rf"memory to train.* lower model\.decoder_hidden \({hidden}\)"):
        new_model(ModelConfig(40, 40, decoder_hidden=hidden))


def test_one_that_fits_is_made() -> None:
    model = new_model(ModelConfig(40, 50, embedding_size=8, encoder_hidden=8, decoder_hidden=8))
    assert {parameter.device.type for parameter in model.parameters()} == {"cpu"}
    assert model.output.out_features == 50
