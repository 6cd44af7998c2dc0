"""The training loop: it learns, clips and stops, and gets past a loss that is not finite."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_training import CONFIG, CPU, Recorder, copy_pairs, evaluate, trainer

from nmt.corpus.batching import IdPairs, token_batches
from nmt.errors import ConfigError, NonFiniteLoss
from nmt.model.dropout import Dropout
from nmt.training.optimization.objective import has_bf16, uses_bf16
from nmt.training.optimization.trainer import Evaluation, Trainer


def test_training_lowers_the_loss_of_a_task_that_can_be_learned(tmp_path: Path) -> None:
    recorder = Recorder()
    trainer(tmp_path, replace(CONFIG, max_updates=200, evaluate_every=100)).run(evaluate, recorder)
    assert np.mean(recorder.losses[-10:]) < 0.8 * np.mean(recorder.losses[:10])


def test_bf16_learns_too_where_the_processor_has_it_and_is_refused_elsewhere(tmp_path: Path) -> None:
    recorder = Recorder()
    if not has_bf16(CPU):
        with pytest.raises(ConfigError, match="no bfloat16 arithmetic: use float32"):
            trainer(tmp_path, replace(CONFIG, precision="bf16"))
        return
    mixed = trainer(tmp_path, replace(CONFIG, max_updates=60, evaluate_every=60, precision="bf16"))
    mixed.run(evaluate, recorder)
    assert np.mean(recorder.losses[-10:]) < np.mean(recorder.losses[:10])
    assert {parameter.dtype for parameter in mixed.model.parameters()} == {torch.float32}


@pytest.mark.parametrize("has", [True, False])
def test_auto_is_bf16_on_processors_that_are_fast_with_it(monkeypatch: pytest.MonkeyPatch, has: bool) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": has})
    assert uses_bf16("auto", CPU) == has
    assert uses_bf16("auto", torch.device("cuda"))
    assert not uses_bf16("float32", CPU)


def test_a_gradient_longer_than_tau_is_scaled_to_tau(tmp_path: Path) -> None:
    tau = 1e-3
    small = trainer(tmp_path, replace(CONFIG, clip_norm=tau))
    report = small.update(small.pairs.batch([0, 1, 2]))
    norm = torch.stack([parameter.grad.norm() for parameter in small.model.parameters() if parameter.grad is not None])
    assert report.gradient_norm > tau
    assert norm.norm().item() == pytest.approx(tau, rel=1e-3)
    assert small.position.clipped_updates == 1


def test_a_gradient_shorter_than_tau_is_left_as_it_is(tmp_path: Path) -> None:
    free = trainer(tmp_path, replace(CONFIG, clip_norm=1e6))
    report = free.update(free.pairs.batch([0, 1, 2]))
    norm = torch.stack([parameter.grad.norm() for parameter in free.model.parameters() if parameter.grad is not None])
    assert norm.norm().item() == pytest.approx(report.gradient_norm, rel=1e-5)
    assert free.position.clipped_updates == 0


def test_dropout_is_gone_at_the_last_update(tmp_path: Path) -> None:
    falling = trainer(tmp_path, replace(CONFIG, max_updates=4, dropout_falls_from=0.5))
    full = [layer.rate for layer in dropouts(falling)]
    assert any(full)
    for share in (1, 1, 0.5, 0, 0):  # the last one past the end, as when time is measured
        falling.update(falling.pairs.batch([0, 1, 2]))
        assert [layer.rate for layer in dropouts(falling)] == [share * rate for rate in full]


def dropouts(of: Trainer) -> list[Dropout]:
    return [module for module in of.model.train().modules() if isinstance(module, Dropout)]


def test_training_stops_after_patience_evaluations_without_improvement(tmp_path: Path) -> None:
    recorder = Recorder()
    losses = iter([3.0, 2.0, 2.5, 2.5, 2.5])
    early = trainer(tmp_path, replace(CONFIG, evaluate_every=2, patience=2))
    early.run(lambda _: Evaluation(next(losses), 0.0, 0.0), recorder)
    assert recorder.evaluations == [True, True, False, False]
    assert early.position.update == 8


def test_a_loss_that_is_not_finite_stops_training_and_a_lower_rate_gets_past_it(tmp_path: Path) -> None:
    trainer(tmp_path, replace(CONFIG, max_updates=10)).run(evaluate, Recorder())
    wild = trainer(tmp_path, replace(CONFIG, learning_rate=1e37))
    assert wild.resume()
    assert "training.learning_rate was 0.01 and is 1e+37" in wild.notes
    with pytest.raises(NonFiniteLoss, match=r"after 1\d updates: loss (nan|inf).*a lower learning rate.*now 1e\+37"):
        wild.run(evaluate, Recorder())
    tame = trainer(tmp_path, replace(CONFIG, learning_rate=0.005, clip_norm=0.5))
    assert tame.resume()
    tame.run(evaluate, recorder := Recorder())
    assert len(recorder.losses) == 14
    assert np.isfinite(recorder.losses).all()


def test_weights_that_are_not_finite_never_replace_a_checkpoint(tmp_path: Path) -> None:
    trainer(tmp_path, replace(CONFIG, max_updates=10)).run(evaluate, Recorder())
    saved = (tmp_path / "last.safetensors").read_bytes()
    for every, found in ((1, "validation loss nan"), (50, "a weight is not finite")):
        wild = trainer(tmp_path, replace(CONFIG, learning_rate=1e39, evaluate_every=every, checkpoint_minutes=1e-9))
        wild.resume()
        with pytest.raises(NonFiniteLoss, match=f"after 11 updates: {found}"):
            wild.run(evaluate, Recorder())
        assert (tmp_path / "last.safetensors").read_bytes() == saved


def test_weights_too_large_to_go_on_from_leave_the_checkpoint_before_them(tmp_path: Path) -> None:
    trainer(tmp_path, replace(CONFIG, max_updates=10)).run(evaluate, Recorder())
    config = replace(CONFIG, checkpoint_minutes=1e-9)
    for rate in (1e36, 0.005):  # and the lower rate comes too late
        again = trainer(tmp_path, replace(config, learning_rate=rate))
        again.resume()
        with pytest.raises(NonFiniteLoss, match=r"after 1\d updates: loss (nan|inf).*remove last\.safetensors there"):
            again.run(evaluate, Recorder())
    (tmp_path / "last.safetensors").unlink()
    (tmp_path / "previous.safetensors").unlink()
    tame = trainer(tmp_path, config)
    assert tame.resume()
    assert tame.position.update == 10
    tame.run(evaluate, Recorder())


def test_every_pair_is_in_exactly_one_batch_within_the_budget() -> None:
    pairs = copy_pairs(300)
    batches = token_batches(pairs, 60, np.random.default_rng(1))
    assert sorted(index for batch in batches for index in batch) == list(range(300))
    for batch in batches:
        assert pairs.batch(batch).target_output.numel() <= 60


def test_the_order_of_batches_differs_between_epochs_and_follows_the_seed() -> None:
    first, again, next_epoch = (
        list(token_batches(copy_pairs(), 60, np.random.default_rng((1, epoch)))) for epoch in (0, 0, 1)
    )
    assert first == again
    assert first != next_epoch


def test_a_batch_shifts_the_target_by_one_and_ends_each_side() -> None:
    batch = IdPairs([[7, 8], [9]], [[20], [21, 22]]).batch([0, 1])
    assert batch.source.tolist() == [[7, 8, 3], [9, 3, 0]]
    assert batch.source_length.tolist() == [3, 2]
    assert batch.target_input.tolist() == [[2, 20, 0], [2, 21, 22]]
    assert batch.target_output.tolist() == [[20, 3, 0], [21, 22, 3]]
    assert batch.target_tokens == 5
