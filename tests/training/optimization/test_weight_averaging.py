"""The average of the weights: what it is, and that it comes and goes without a trace."""

from __future__ import annotations

import torch
from torch import nn

from nmt.training.optimization.weight_averaging import AveragedWeights


def test_it_is_the_exponential_average_of_all_weights_so_far() -> None:
    model = nn.Linear(1, 1, bias=False)
    nn.init.constant_(model.weight, 0.0)
    average = AveragedWeights(model, 0.5)
    expected = 0.0
    for update, value in enumerate((4.0, 8.0, -2.0), start=1):
        nn.init.constant_(model.weight, value)
        average.update(model, update)
        kept = min(0.5, (1 + update) / (10 + update))
        expected = kept * expected + (1 - kept) * value
    torch.testing.assert_close(average.tensors["weight"], torch.tensor([[expected]]))


def test_inside_the_model_has_the_average_and_afterwards_its_own() -> None:
    model = nn.Linear(2, 2)
    before = {name: value.clone() for name, value in model.named_parameters()}
    average = AveragedWeights(model, 0.9)
    average.tensors["weight"].zero_()
    with average.inside(model):
        assert not model.weight.any()
    assert all(torch.equal(value, before[name]) for name, value in model.named_parameters())
