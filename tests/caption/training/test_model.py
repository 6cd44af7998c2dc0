"""The decoder reads v at every step, through a weight matrix of its own."""

from __future__ import annotations

from typing import get_args

import pytest
import torch

from nmt.caption.training.config import CaptionConfig
from nmt.caption.training.model import CaptionModel
from nmt.errors import ConfigError
from nmt.model import DropoutConfig, ModelConfig
from nmt.model.config import Cell

V, E, H, N = 30, 6, 5, 4
TOKENS = torch.tensor([[2, 7, 8, 9, 11]])


def model(cell: Cell = "rnn", layers: int = 1) -> CaptionModel:
    torch.manual_seed(1)
    sizes = ModelConfig(
        1, V, cell=cell, attention="none", embedding_size=E, decoder_hidden=H, decoder_layers=layers,
        dropout=DropoutConfig(embedding=0, hidden=0),
    )  # fmt: skip
    return CaptionModel(CaptionConfig(sizes, image_size=16, channels=4, vector_size=N), 0).eval()


def test_the_vanilla_cell_computes_its_formula() -> None:
    captioner, v = model(), torch.tensor([0.5, -0.25, 1.0, 0.125])
    cell = captioner.decoder.layers[0].cell
    w_xh, w_ih, w_hh = cell.weight_ih_l0[:, :E], cell.weight_ih_l0[:, E:], cell.weight_hh_l0
    assert w_ih.shape == (H, N)
    h, expected = torch.zeros(H), []
    for x in captioner.decoder.embedding(TOKENS[0]):
        h = torch.tanh(w_hh @ h + w_xh @ x + w_ih @ v + cell.bias_ih_l0 + cell.bias_hh_l0)
        expected.append(h)
    _, after, _ = captioner.decoder(TOKENS, captioner.decoder.start_with(v[None]))
    torch.testing.assert_close(after.layers[0][0][0, 0], expected[-1])


@pytest.mark.parametrize("cell", get_args(Cell))
def test_reading_v_beside_each_word_adds_the_same_to_all_gates_at_every_step(cell: Cell) -> None:
    """W [x, v] + b = W_xh x + (b + W_ih v): a decoder that reads v is one that reads none, with another bias."""
    captioner, v = model(cell, layers=2), torch.tensor([[0.5, -0.25, 1.0, 0.125]])
    reading, _, _ = captioner.decoder(TOKENS, captioner.decoder.start_with(v))
    layer = captioner.decoder.layers[0].cell
    with torch.no_grad():
        layer.bias_ih_l0 += layer.weight_ih_l0[:, E:] @ v[0]
    blind, _, _ = captioner.decoder(TOKENS, captioner.decoder.start_with(torch.zeros_like(v)))
    torch.testing.assert_close(reading, blind)


def test_every_step_depends_on_the_picture() -> None:
    captioner = model("lstm")
    pictures = torch.randint(0, 255, (2, 3, 16, 16), dtype=torch.uint8)
    one, other = captioner(pictures, torch.ones(2), TOKENS.expand(2, -1))
    assert ((one - other).abs().amax(dim=1) > 1e-4).all()


def test_a_picture_is_read_by_itself() -> None:
    captioner = model("lstm")
    pictures = torch.randint(0, 255, (3, 3, 16, 16), dtype=torch.uint8)
    torch.testing.assert_close(captioner.encoder(pictures)[1:2], captioner.encoder(pictures[1:2]))


def test_training_normalizes_over_the_batch_and_remembers_it_for_single_pictures() -> None:
    captioner = model("lstm").train()
    pictures = torch.randint(0, 255, (64, 3, 16, 16), dtype=torch.uint8)
    vectors = captioner.encoder(pictures)  # (64, N)
    torch.testing.assert_close(vectors.mean(dim=0), torch.zeros(N), atol=1e-4, rtol=0)
    torch.testing.assert_close(vectors.var(dim=0, unbiased=False), torch.ones(N), atol=1e-2, rtol=0)
    for _ in range(100):
        captioner.encoder(pictures)
    torch.testing.assert_close(captioner.eval().encoder(pictures), vectors, atol=0.05, rtol=0)


def test_a_batch_of_one_picture_moves_no_running_value() -> None:
    captioner = model("lstm").train()
    before = [parameter.clone() for parameter in captioner.encoder.norms.parameters()]
    captioner.encoder(torch.zeros(1, 3, 16, 16, dtype=torch.uint8))
    for was, now in zip(before, captioner.encoder.norms.parameters(), strict=True):
        torch.testing.assert_close(was, now)


@pytest.mark.parametrize(
    ("size", "widths", "left"), [(16, (4, 8), 4), (64, (4, 8, 16, 16), 4), (48, (4, 8, 16, 16), 3)]
)
def test_convolutions_halve_the_picture_until_a_small_map_is_left(
    size: int, widths: tuple[int, ...], left: int
) -> None:
    config = CaptionConfig(ModelConfig(1, V, attention="none"), image_size=size, channels=4)
    assert (config.widths, config.map_size) == (widths, left)


@pytest.mark.parametrize("size", [8, 20, 272])
def test_other_image_sizes_are_refused(size: int) -> None:
    with pytest.raises(ConfigError, match=f"image_size is {size}, allowed: multiples of 16 up to 256"):
        CaptionConfig(ModelConfig(1, V, attention="none"), image_size=size)
