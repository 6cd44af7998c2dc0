"""Gradients through time: known answers, the fused cells of torch, finite differences, and the bound."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from torch import Tensor

from nmt.inspect.gradient_flow import gradient_flow, singular_values
from nmt.inspect.gradient_report import Sizes, linear_flow
from nmt.inspect.recording import record
from nmt.inspect.steps import CellWeights, LstmStep, RnnStep, Step, run, steps_of
from nmt.model import ModelConfig
from nmt.model.config import Cell
from nmt.model.rnn import RecurrentLayer

CELLS: list[Cell] = ["rnn", "gru", "lstm"]


def layer_of(cell: Cell, seed: int = 0, bidirectional: bool = False) -> RecurrentLayer:
    """Three inputs, five units, and biases that are not zero."""
    torch.manual_seed(seed)
    layer = RecurrentLayer(ModelConfig(1, 1, cell=cell), 3, 5, bidirectional).double()
    for name, weight in layer.named_parameters():
        if "bias" in name:
            weight.data += torch.randn_like(weight)
    return layer


def rnn_of(gain: float, size: int = 8) -> RnnStep:
    """A vanilla RNN whose W_hh is `gain` times an orthogonal matrix."""
    weight = torch.empty(size, size, dtype=torch.float64)
    torch.nn.init.orthogonal_(weight, gain, torch.Generator().manual_seed(2))
    zero = torch.zeros(size)
    return RnnStep(CellWeights(torch.eye(size), weight, zero, zero))


def direction(size: int) -> Tensor:
    readout = torch.arange(1.0, size + 1)
    return readout / readout.norm()


@pytest.mark.parametrize("cell", CELLS)
def test_steps_are_those_of_the_fused_cells(cell: Cell) -> None:
    layer, sequence = layer_of(cell), torch.randn(2, 7, 3).double()
    outputs, last = layer(sequence)
    states = list(run(steps_of(layer)[0], sequence))
    torch.testing.assert_close(torch.stack([state[0] for state in states], dim=1), outputs)
    for ours, theirs in zip(states[-1], last, strict=True):
        torch.testing.assert_close(ours, theirs[0])


def test_a_recorded_layer_gives_its_states_again_in_both_directions() -> None:
    layer, sequence = layer_of("lstm", bidirectional=True), torch.randn(1, 6, 3).double()
    forward, backward = record(torch.nn.Sequential(layer), lambda: layer(sequence))
    outputs, _ = layer(sequence)
    torch.testing.assert_close(torch.cat((forward.states()["h"], backward.states()["h"]), dim=2), outputs)
    assert (forward.name, backward.name) == ("0 forward", "0 backward")


@pytest.mark.parametrize("gain", [0.5, 0.9, 1.0, 1.1, 2.0])
def test_in_a_linear_cell_the_norm_is_the_gain_to_the_power_of_the_distance(gain: float) -> None:
    flow = linear_flow(gain, Sizes(steps=60, hidden=16))
    assert flow.state == pytest.approx([gain**d for d in range(60)], rel=1e-5)
    assert flow.bound == pytest.approx(flow.state, rel=1e-5)  # an orthogonal matrix stretches all directions alike


def test_a_vanilla_rnn_below_gain_one_loses_the_gradient_and_above_it_near_zero_multiplies_it() -> None:
    inputs = torch.randn(4, 50, 8, generator=torch.Generator().manual_seed(0))
    vanishing = gradient_flow(rnn_of(0.9), inputs, direction(8)).state
    assert all(norm <= 0.9**d * (1 + 1e-6) for d, norm in enumerate(vanishing))
    assert vanishing[-1] < 0.01
    # At h = 0 the derivative of tanh is 1. Away from it, tanh is flat and the gradient vanishes despite the gain.
    exploding = gradient_flow(rnn_of(1.1), torch.zeros_like(inputs), direction(8)).state
    assert exploding == pytest.approx([1.1**d for d in range(50)], rel=1e-6)
    assert gradient_flow(rnn_of(1.1), 3 * inputs, direction(8)).state[-1] < 0.01


def test_an_lstm_with_open_forget_gates_keeps_the_gradient_of_c_exactly() -> None:
    size = 4
    bias = torch.zeros(4 * size)
    bias[size : 2 * size] = 1000.0  # sigmoid(1000) is 1
    step = LstmStep(CellWeights(torch.randn(4 * size, 2), torch.zeros(4 * size, size), bias, torch.zeros(4 * size)))
    flow = gradient_flow(step, torch.randn(1, 40, 2), direction(size))
    assert flow.norms["c"][1] > 0
    assert set(flow.norms["c"][1:]) == {flow.norms["c"][1]}
    assert set(flow.norms["h"][1:]) == {0.0}  # without W_hh, h tells nothing to later steps


@pytest.mark.parametrize("cell", CELLS)
def test_finite_differences_agree_with_the_norms(cell: Cell) -> None:
    (step,) = steps_of(layer_of(cell))
    sequence = torch.randn(1, 6, 3, generator=torch.Generator().manual_seed(1)).double()
    flow = gradient_flow(step, sequence, direction(5))
    states = [step.start(1), *run(step, sequence)]
    for d in range(1, 6):
        state, rest = states[6 - d], sequence[:, 6 - d :]
        for part, name in enumerate(step.state_names):
            changes = [changed_loss(step, state, part, unit, rest) for unit in range(5)]
            assert torch.tensor(changes).norm().item() == pytest.approx(flow.norms[name][d], rel=1e-6)


def changed_loss(step: Step, state: tuple[Tensor, ...], part: int, unit: int, rest: Tensor) -> float:
    """The change of the loss with one unit, by central differences."""
    losses = []
    for change in (1e-5, -1e-5):
        changed = [each.clone() for each in state]
        changed[part][0, unit] += change
        *_, (h, *_) = run(step, rest, tuple(changed))
        losses.append((h[0] @ direction(5).double()).item())
    return (losses[0] - losses[1]) / 2e-5


@pytest.mark.parametrize("cell", CELLS)
@examples(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), scale=st.floats(0.1, 20), gain=st.floats(0.1, 5))
def test_the_bound_is_never_below_the_measured_norm(cell: Cell, seed: int, scale: float, gain: float) -> None:
    layer = layer_of(cell, seed)
    for name, weight in layer.named_parameters():
        if "weight_hh" in name:
            weight.data *= gain
    (step,) = steps_of(layer)
    flow = gradient_flow(step, scale * torch.randn(3, 12, 3), torch.randn(5))
    assert all(norm <= bound * (1 + 1e-9) for norm, bound in zip(flow.state, flow.bound, strict=True))


def test_singular_values_are_those_of_each_gate() -> None:
    weight = torch.cat([torch.diag(torch.tensor([float(gate), 0.5])) for gate in (4, 1, 3, 2)])
    step = LstmStep(CellWeights(torch.zeros(8, 1), weight, torch.zeros(8), torch.zeros(8)))
    assert singular_values(step) == {"input": (4, 0.5), "forget": (1, 0.5), "candidate": (3, 0.5), "output": (2, 0.5)}
