from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from nmt.model.config import Cell
from nmt.training.language_model.network import RecurrentLanguageModel, detached
from nmt.training.language_model.settings import LanguageModelSettings
from nmt.training.language_model.streams import Chunk, Streams
from nmt.training.language_model.trainer import Trainer, validation_loss

V = 7


@pytest.fixture(params=["lstm", "gru", "rnn"])
def model(request: pytest.FixtureRequest, settings: LanguageModelSettings) -> RecurrentLanguageModel:
    cell: Cell = request.param
    torch.manual_seed(0)
    return RecurrentLanguageModel(replace(settings, cell=cell, dropout=0.0), V)


def symbols(rows: int, steps: int) -> Tensor:
    return torch.randint(0, V, (rows, steps), generator=torch.Generator().manual_seed(1))


def test_chunks_with_carried_state_equal_the_whole(model: RecurrentLanguageModel) -> None:
    ids = symbols(3, 20)
    whole, last = model(ids, model.start(3))
    state, parts = model.start(3), []
    for start in range(0, 20, 6):
        logits, state = model(ids[:, start : start + 6], state)
        parts.append(logits)
        state = detached(state)
    torch.testing.assert_close(torch.cat(parts, dim=1), whole)
    torch.testing.assert_close(state, last)


def test_one_step_of_a_vanilla_network_is_the_formula(settings: LanguageModelSettings) -> None:
    model = RecurrentLanguageModel(replace(settings, cell="rnn", layers=1), V).eval()
    cell = model.layers[0].cell
    h0 = torch.randn(1, 1, settings.hidden)
    logits, ((h1,),) = model(torch.tensor([[3]]), ((h0,),))
    expected = torch.tanh(
        cell.weight_hh_l0 @ h0[0, 0] + cell.weight_ih_l0 @ model.embedding.weight[3] + cell.bias_ih_l0 + cell.bias_hh_l0
    )
    torch.testing.assert_close(h1[0, 0], expected)
    torch.testing.assert_close(logits[0, 0], model.output.weight @ expected + model.output.bias)


def trainer_of(model: RecurrentLanguageModel, streams: Streams, settings: LanguageModelSettings, run: Path) -> Trainer:
    return Trainer(model, streams, settings, torch.device("cpu"), run, "")


def gradients(trainer: Trainer, chunks: list[Chunk]) -> list[Tensor]:
    """Gradients of the summed loss, truncated at the borders of the chunks."""
    trainer.model.zero_grad()
    state = trainer.model.start(len(chunks[0].inputs))
    for chunk in chunks:
        loss, after = trainer.loss(chunk, state)
        loss.backward()
        state = detached(after)
    return [parameter.grad.clone() for parameter in trainer.model.parameters() if parameter.grad is not None]


def test_a_chunk_as_long_as_the_text_has_the_gradients_of_full_backpropagation(
    model: RecurrentLanguageModel, streams: Streams, settings: LanguageModelSettings, tmp_path: Path
) -> None:
    ids = symbols(3, 11)
    truncated = gradients(trainer_of(model, streams, settings, tmp_path), [Chunk(ids[:, :-1], ids[:, 1:])])
    # Full backpropagation, written out: one step at a time, with the state's history kept.
    model.zero_grad()
    state, total = model.start(3), torch.zeros(())
    for step in range(10):
        logits, state = model(ids[:, step : step + 1], state)
        total = total - torch.log_softmax(logits[:, 0], dim=1).gather(1, ids[:, step + 1 :][:, :1]).sum()
    total.backward()
    full = [parameter.grad for parameter in model.parameters()]
    for one, other in zip(truncated, full, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_shorter_chunks_truncate_the_gradient(
    model: RecurrentLanguageModel, streams: Streams, settings: LanguageModelSettings, tmp_path: Path
) -> None:
    ids = symbols(3, 11)
    trainer = trainer_of(model, streams, settings, tmp_path)
    whole = gradients(trainer, [Chunk(ids[:, :-1], ids[:, 1:])])
    halves = gradients(trainer, [Chunk(ids[:, :5], ids[:, 1:6]), Chunk(ids[:, 5:-1], ids[:, 6:])])
    assert not torch.allclose(whole[1], halves[1], rtol=1e-3)
    # The output layer's gradient does not flow through time, so truncation leaves it as it is.
    torch.testing.assert_close(whole[-1], halves[-1], rtol=1e-4, atol=1e-5)


def test_a_uniform_model_loses_log_v_at_every_symbol(
    model: RecurrentLanguageModel, streams: Streams, settings: LanguageModelSettings, tmp_path: Path
) -> None:
    with torch.no_grad():
        model.output.weight.zero_()
        model.output.bias.zero_()
    ids = symbols(3, 11)
    loss, _ = trainer_of(model, streams, settings, tmp_path).loss(Chunk(ids[:, :-1], ids[:, 1:]), model.start(3))
    assert loss.item() == pytest.approx(30 * math.log(V), rel=1e-5)


def test_the_validation_loss_of_a_uniform_model_is_log_v(streams: Streams, settings: LanguageModelSettings) -> None:
    model = RecurrentLanguageModel(settings, 60).eval()
    with torch.no_grad():
        model.output.weight.zero_()
    assert validation_loss(model, streams, settings.streams) == pytest.approx(math.log(60), rel=1e-5)
