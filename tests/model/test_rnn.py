"""Recurrent layers: padding is as if it were not there."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from torch import Tensor

from nmt.model import ModelConfig
from nmt.model.config import Cell
from nmt.model.rnn import RecurrentLayer

INPUT, HIDDEN = 3, 4
CELLS: list[Cell] = ["lstm", "gru", "rnn"]


def layer_of(cell: Cell, bidirectional: bool) -> RecurrentLayer:
    torch.manual_seed(1)
    return RecurrentLayer(ModelConfig(10, 10, cell=cell), INPUT, HIDDEN, bidirectional)


def gradients_of(layer: RecurrentLayer, outputs: Tensor, last: tuple[Tensor, ...]) -> dict[str, Tensor]:
    layer.zero_grad()
    loss = (outputs**2).sum() + sum((part**3).sum() for part in last)
    torch.autograd.backward(loss)
    return {name: weight.grad.clone() for name, weight in layer.named_parameters() if weight.grad is not None}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("bidirectional", [True, False])
@examples(max_examples=15, deadline=None)
@given(lengths=st.lists(st.integers(1, 7), min_size=1, max_size=5))
def test_a_row_with_padding_is_read_as_it_is_alone(cell: Cell, bidirectional: bool, lengths: list[int]) -> None:
    layer = layer_of(cell, bidirectional)
    sequence = 3 * torch.randn(len(lengths), max(lengths) + 1, INPUT)
    for row, length in enumerate(lengths):
        sequence[row, length:] = 1e6  # is not read
    outputs, last = layer(sequence, torch.tensor(lengths))
    together = gradients_of(layer, outputs, last)
    summed = {name: torch.zeros_like(gradient) for name, gradient in together.items()}
    for row, length in enumerate(lengths):
        alone, last_alone = layer(sequence[row : row + 1, :length])
        torch.testing.assert_close(outputs[row : row + 1, :length], alone)
        assert not outputs[row, length:].any()
        for part, part_alone in zip(last, last_alone, strict=True):
            torch.testing.assert_close(part[:, row : row + 1], part_alone)
        for name, gradient in gradients_of(layer, alone, last_alone).items():
            summed[name] += gradient
    for name, gradient in together.items():
        torch.testing.assert_close(gradient, summed[name], rtol=1e-4, atol=1e-4)


def test_a_state_comes_through_padding_to_the_bit() -> None:
    layer = layer_of("lstm", bidirectional=True)
    for name, weight in layer.named_parameters():
        if "weight_hh" in name:
            weight.data *= 1000  # more than training makes of them: a gate that is not shut well would open
        else:
            weight.data.copy_(torch.round(64 * weight) / 64)
    # Sums of what is read are exact, so that processors that add up 40 rows in another order than three agree on them.
    sequence = torch.randint(-8, 9, (1, 40, INPUT)) / 4
    outputs, (_, cells) = layer(sequence, torch.tensor([2]))
    outputs_of_less, (_, cells_of_less) = layer(sequence[:, :3], torch.tensor([2]))
    assert torch.equal(outputs[:, :3], outputs_of_less)
    assert torch.equal(cells, cells_of_less)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("symbols", [2, 9], ids=["fewer symbols than inputs", "more"])
def test_symbols_are_read_as_their_embeddings_are(cell: Cell, symbols: int) -> None:
    layer = layer_of(cell, bidirectional=False)
    embedding = torch.randn(symbols, INPUT, requires_grad=True)
    ids = torch.randint(0, symbols, (5, 6))
    state = tuple(torch.randn(1, 5, HIDDEN) for _ in range(2 if cell == "lstm" else 1))
    expected, found = layer(embedding[ids], state=state), layer.read(ids, embedding, state)
    torch.testing.assert_close(found, expected)
    gradients = []
    for outputs, last in (found, expected):
        embedding.grad = None
        gradients.append({**gradients_of(layer, outputs, last), "embedding": embedding.grad})
    torch.testing.assert_close(gradients[0], gradients[1])
