"""The fused loss against torch's own, in value and gradient."""

import pytest
import torch
from torch.nn import functional

from nmt.training.optimization.loss import Original, summed_cross_entropy

VOCABULARY = 1000
"""So large that 1,100 rows are several slices."""


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("rows", [1, 300, 1100])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_value_and_gradients_are_those_of_cross_entropy_after_a_linear_layer(
    smoothing: float, rows: int, dtype: torch.dtype
) -> None:
    torch.manual_seed(0)
    states = torch.randn(rows, 16, dtype=dtype).requires_grad_()
    weight = torch.randn(VOCABULARY, 16, dtype=dtype).requires_grad_()
    bias = torch.randn(VOCABULARY, dtype=dtype).requires_grad_()
    targets = torch.randint(0, VOCABULARY, (rows,))
    expected = functional.cross_entropy(states @ weight.T + bias, targets, reduction="sum", label_smoothing=smoothing)
    expected_gradients = torch.autograd.grad(3.0 * expected, (states, weight, bias))
    actual = summed_cross_entropy(states[None], weight, bias, targets, smoothing)
    gradients = torch.autograd.grad(3.0 * actual, (states, weight, bias))
    assert actual.item() == pytest.approx(expected.item(), rel=1e-5)
    for mine, theirs in zip(gradients, expected_gradients, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-4)


def test_a_certain_and_right_model_has_no_loss_and_no_gradient() -> None:
    states = torch.tensor([[100.0, 0.0]], requires_grad=True)
    loss = summed_cross_entropy(states[None], torch.eye(2), torch.zeros(2), torch.tensor([0]), 0.0)
    loss.backward()
    assert loss.item() == pytest.approx(0.0)
    assert states.grad is not None
    assert states.grad.abs().max() < 1e-6


@pytest.mark.parametrize("rows", [1, 1100])
def test_two_passes_cost_their_mean_loss_and_what_they_differ_by(rows: int) -> None:
    torch.manual_seed(1)
    first, second = (torch.randn(rows, 16, dtype=torch.float64).requires_grad_() for _ in range(2))
    weight = torch.randn(VOCABULARY, 16, dtype=torch.float64).requires_grad_()
    bias = torch.randn(VOCABULARY, dtype=torch.float64).requires_grad_()
    targets = torch.randint(0, VOCABULARY, (rows,))
    logits = [states @ weight.T + bias for states in (first, second)]
    p, q = (functional.log_softmax(each, dim=1) for each in logits)
    losses = [functional.cross_entropy(each, targets, reduction="sum", label_smoothing=0.1) for each in logits]
    divergences = [functional.kl_div(one, other, reduction="sum", log_target=True) for one, other in ((p, q), (q, p))]
    expected = (sum(losses) + 5.0 * sum(divergences) / 2.0) / 2.0
    parameters = (first, second, weight, bias)
    expected_gradients = torch.autograd.grad(expected, parameters)
    actual = summed_cross_entropy(torch.stack((first, second)), weight, bias, targets, 0.1, 5.0)
    assert actual.item() == pytest.approx(expected.item(), rel=1e-5)
    for mine, theirs in zip(torch.autograd.grad(actual, parameters), expected_gradients, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-4)


def test_two_passes_that_agree_cost_what_one_costs() -> None:
    torch.manual_seed(2)
    states, weight, bias = torch.randn(7, 16), torch.randn(VOCABULARY, 16), torch.randn(VOCABULARY)
    targets = torch.randint(0, VOCABULARY, (7,))
    twice = summed_cross_entropy(torch.stack((states, states)), weight, bias, targets, 0.1, 5.0)
    assert twice.item() == pytest.approx(summed_cross_entropy(states[None], weight, bias, targets, 0.1).item())


@pytest.mark.parametrize("rows", [1, 1100])
@pytest.mark.parametrize("passes", [1, 2])
def test_what_is_remembered_takes_its_share_of_the_loss(rows: int, passes: int) -> None:
    torch.manual_seed(3)
    states = [torch.randn(rows, 16, dtype=torch.float64).requires_grad_() for _ in range(passes)]
    weight = torch.randn(VOCABULARY, 16, dtype=torch.float64).requires_grad_()
    bias = torch.randn(VOCABULARY, dtype=torch.float64).requires_grad_()
    targets = torch.randint(0, VOCABULARY, (rows,))
    original = Original(
        torch.randn(rows, 16).double(), torch.randn(VOCABULARY, 16).double(), torch.randn(VOCABULARY).double(), 0.3
    )
    t = functional.softmax(original.states @ original.weight.T + original.bias, dim=1)
    logits = [each @ weight.T + bias for each in states]
    expected = sum(
        0.7 * functional.cross_entropy(each, targets, reduction="sum", label_smoothing=0.1)
        + 0.3 * functional.kl_div(functional.log_softmax(each, dim=1), t, reduction="sum")
        for each in logits
    )
    if passes == 2:
        p, q = (functional.log_softmax(each, dim=1) for each in logits)
        differ = [functional.kl_div(one, other, reduction="sum", log_target=True) for one, other in ((p, q), (q, p))]
        expected = (expected + 5.0 * sum(differ) / 2.0) / 2.0
    actual = summed_cross_entropy(torch.stack(states), weight, bias, targets, 0.1, 5.0, original)
    parameters = (*states, weight, bias)
    assert actual.item() == pytest.approx(expected.item(), rel=1e-5)
    for mine, theirs in zip(
        torch.autograd.grad(actual, parameters), torch.autograd.grad(expected, parameters), strict=True
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-4)
