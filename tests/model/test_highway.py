"""Highway connections: an open gate gives the layer, a shut one its input, for outputs and for gradients."""

from __future__ import annotations

import pytest
import torch

from nmt.errors import ConfigError
from nmt.model import ModelConfig, Seq2Seq
from nmt.model.config import Connection
from nmt.model.highway import Highway

SHUT, OPEN = -1e4, 1e4
SIZES = {"embedding_size": 8, "encoder_hidden": 6, "decoder_hidden": 10, "decoder_layers": 3}
ARGUMENTS = torch.tensor([[7, 8, 3]]), torch.tensor([3]), torch.tensor([[2, 20, 21]])


def highway_of(bias: float) -> Highway:
    torch.manual_seed(0)
    highway = Highway(4)
    torch.nn.init.constant_(highway.gate.bias, bias)
    return highway


def decoder_model(connection: Connection) -> Seq2Seq:
    torch.manual_seed(0)
    return Seq2Seq(ModelConfig(40, 50, connection=connection, **SIZES), 0).eval()


def with_gates(bias: float) -> Seq2Seq:
    model = decoder_model("highway")
    for module in model.modules():
        if isinstance(module, Highway):
            torch.nn.init.constant_(module.gate.bias, bias)
    return model


def test_a_gate_mixes_as_the_formula_says() -> None:
    highway = highway_of(0.0)
    with torch.no_grad():
        highway.gate.weight.copy_(torch.eye(4))
        below, above = torch.tensor([[[0.0, 0.0, 0.5, -0.5]]]), torch.tensor([[[1.0, -1.0, 1.0, 1.0]]])
        mixed = highway(below, above)
    # sigmoid(0) = 1/2, sigmoid(0.5) = 0.6225, sigmoid(-0.5) = 0.3775
    expected = torch.tensor([[[0.5, -0.5, 0.6225 + 0.3775 * 0.5, 0.3775 - 0.6225 * 0.5]]])
    torch.testing.assert_close(mixed, expected, atol=1e-4, rtol=0)


def test_a_shut_gate_gives_the_input_and_an_open_one_the_layer() -> None:
    below, above = torch.randn(2, 3, 4), torch.randn(2, 3, 4)
    assert torch.equal(highway_of(SHUT)(below, above), below)
    assert torch.equal(highway_of(OPEN)(below, above), above)


def test_gradients_pass_shut_gates_unchanged() -> None:
    below, above = torch.randn(2, 3, 4, requires_grad=True), torch.randn(2, 3, 4, requires_grad=True)
    passed = below
    for _ in range(20):
        passed = highway_of(SHUT)(passed, above)
    gradient = torch.randn(2, 3, 4)
    to_below, to_above = torch.autograd.grad(passed, (below, above), gradient)
    assert torch.equal(to_below, gradient)
    assert not to_above.any()


def test_gates_begin_almost_shut() -> None:
    gate = highway_of(0.0).gate
    fresh = Highway(4)
    assert gate.weight.shape == (4, 4)
    assert (fresh.gate.bias == -2.0).all()
    mixed = fresh(torch.zeros(1, 1, 4), torch.ones(1, 1, 4))
    torch.testing.assert_close(mixed, torch.full((1, 1, 4), 0.1192), atol=1e-4, rtol=0)


def test_with_shut_gates_the_layers_above_the_first_do_nothing() -> None:
    model = with_gates(SHUT)
    with torch.no_grad():
        before = model(*ARGUMENTS)
        for layer in model.decoder.layers[1:]:
            for parameter in layer.parameters():
                parameter.normal_()
        assert torch.equal(model(*ARGUMENTS), before)


def test_with_open_gates_a_layer_replaces_what_is_below_it() -> None:
    model = with_gates(OPEN)
    with torch.no_grad():
        state = model.start(*ARGUMENTS[:2])
        states, after, _ = model.decoder(ARGUMENTS[2][:, :1], state)
        # After one step, the last layer's output is its new h.
        first, last = (after.layers[index][0].transpose(0, 1) for index in (0, 2))
        attention = model.decoder.attention
        assert attention is not None
        assert state.keys is not None
        context = torch.softmax(attention.scores(first, state.keys)[:, 0], dim=2) @ state.values
        expected = torch.tanh(model.decoder.combine(torch.cat((last, context), dim=2)))
    torch.testing.assert_close(states, expected)


def test_residual_connections_have_no_gates() -> None:
    residual, highway = decoder_model("residual"), decoder_model("highway")
    names = {name for name, _ in highway.named_parameters()} - {name for name, _ in residual.named_parameters()}
    assert names == {f"decoder.highways.{layer}.gate.{part}" for layer in (0, 1) for part in ("weight", "bias")}
    assert highway.parameter_count() - residual.parameter_count() == 2 * (10 * 10 + 10)


def test_a_configuration_without_the_name_is_residual() -> None:
    values = ModelConfig(40, 50).to_dict()
    assert values.pop("connection") == "residual"
    assert ModelConfig.from_dict(values) == ModelConfig(40, 50)
    # A checkpoint of before is one of the same training.
    assert ModelConfig(40, 50).identity() == values
    assert ModelConfig(40, 50, connection="highway").identity() == {**values, "connection": "highway"}


def test_another_connection_is_refused() -> None:
    with pytest.raises(ConfigError, match="connection is 'dense', allowed: residual, highway"):
        decoder_model("dense")
