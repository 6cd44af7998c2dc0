from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from nmt.errors import ConfigError
from nmt.model import ModelConfig, Seq2Seq
from nmt.training.export.fine_tuning_weights import pack_weights, unpack_weights


@pytest.fixture
def model() -> Seq2Seq:
    torch.manual_seed(1)
    config = ModelConfig(
        40, 40, embedding_size=16, encoder_hidden=12, decoder_hidden=20, tie="all", attention="additive"
    )
    return Seq2Seq(config, 0)


def test_each_number_comes_back_within_a_255th_of_its_rows_largest(model: Seq2Seq, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(pack_weights(model, int8=True))
    weights = unpack_weights(path)
    assert weights.keys() == dict(model.named_parameters()).keys()
    for name, parameter in model.named_parameters():
        assert weights[name].dtype == torch.float32
        largest = parameter.abs().amax(dim=-1, keepdim=True)
        assert ((weights[name] - parameter).abs() <= largest / 254 * 1.001).all(), name


def test_takes_a_byte_a_number_and_a_tied_matrix_once(model: Seq2Seq) -> None:
    rows = sum(parameter.shape[0] for parameter in model.parameters())
    header = 4_000
    assert len(gzip.decompress(pack_weights(model, int8=True))) < model.parameter_count() + 4 * rows + header


def test_beside_float32_graphs_and_in_earlier_packages_there_is_float16(model: Seq2Seq, tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    halves = {name: parameter.detach().half() for name, parameter in model.named_parameters()}
    for content in (save(halves), pack_weights(model, int8=False)):
        path.write_bytes(content)
        for name, weight in unpack_weights(path).items():
            torch.testing.assert_close(weight, halves[name].float(), rtol=0, atol=0)


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    path.write_bytes(b"no weights")
    with pytest.raises(ConfigError, match=r"weights.safetensors: cannot be read .*copy the package again"):
        unpack_weights(path)
