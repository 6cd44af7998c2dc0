"""The training loop: it learns, clips, stops, and goes on after a kill as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from nmt.corpus.batching import IdPairs, token_batches
from nmt.errors import CheckpointError, ConfigError, NonFiniteLoss
from nmt.model import DropoutConfig, ModelConfig, Seq2Seq
from nmt.training.checkpoint import Position
from nmt.training.config import TrainingConfig
from nmt.training.evaluate import validation_loss
from nmt.training.loop import Evaluation, Trainer, UpdateReport, has_bf16

CPU = torch.device("cpu")
CONFIG = TrainingConfig(
    batch_tokens=60,
    max_updates=24,
    warmup_updates=4,
    evaluate_every=10,
    learning_rate=0.01,
    patience=50,
    consistency=0.5,
    average_decay=0.9,
)


def copy_pairs(count: int = 60) -> IdPairs:
    generator = np.random.default_rng(5)
    rows = [generator.integers(4, 20, generator.integers(1, 8)).tolist() for _ in range(count)]
    return IdPairs(rows, rows)


class Recorder:
    def __init__(self) -> None:
        self.losses: list[float] = []
        self.norms: list[float] = []
        self.evaluations: list[bool] = []

    def updated(self, report: UpdateReport, position: Position) -> None:
        self.losses.append(report.loss)
        self.norms.append(report.gradient_norm)

    def evaluated(self, evaluation: Evaluation, position: Position, best: bool) -> None:
        self.evaluations.append(best)


def trainer(run: Path, config: TrainingConfig = CONFIG, fingerprint: str = "same") -> Trainer:
    torch.manual_seed(config.seed)
    sizes = ModelConfig(
        20, 20, embedding_size=12, encoder_hidden=8, decoder_hidden=16, dropout=DropoutConfig(word=0.1, recurrent=0.1)
    )
    return Trainer(Seq2Seq(sizes, 0), copy_pairs(), config, CPU, run, fingerprint)


def evaluate(model: Seq2Seq) -> Evaluation:
    return Evaluation(validation_loss(model, copy_pairs(), 200, CPU), 0.0, 0.0)


class KillAfter(Recorder):
    def __init__(self, update: int) -> None:
        super().__init__()
        self._update = update

    def updated(self, report: UpdateReport, position: Position) -> None:
        super().updated(report, position)
        if position.update == self._update:
            os.kill(os.getpid(), signal.SIGKILL)


def train_and_be_killed(run: str) -> None:
    torch.set_num_threads(1)
    trainer(Path(run)).run(evaluate, KillAfter(17))


def test_after_kill_9_training_continues_bit_for_bit(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    uninterrupted, losses = trainer(whole), Recorder()
    uninterrupted.run(evaluate, losses)
    script = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import test_loop; "
    done = subprocess.run(
        [sys.executable, "-c", script + f"test_loop.train_and_be_killed({str(killed)!r})"], check=False
    )
    assert done.returncode == -signal.SIGKILL
    resumed, rest = trainer(killed), Recorder()
    assert resumed.resume()
    assert resumed.position.update == 10
    resumed.run(evaluate, rest)
    assert rest.losses == losses.losses[10:]
    final = dict(uninterrupted.model.named_parameters())
    for name, parameter in resumed.model.named_parameters():
        assert torch.equal(parameter, final[name]), name


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


def test_training_stops_after_patience_evaluations_without_improvement(tmp_path: Path) -> None:
    recorder = Recorder()
    losses = iter([3.0, 2.0, 2.5, 2.5, 2.5])
    early = trainer(tmp_path, replace(CONFIG, evaluate_every=2, patience=2))
    early.run(lambda _: Evaluation(next(losses), 0.0, 0.0), recorder)
    assert recorder.evaluations == [True, True, False, False]
    assert early.position.update == 8


def test_a_loss_that_is_not_finite_stops_training_with_a_remedy(tmp_path: Path) -> None:
    broken = trainer(tmp_path)
    with torch.no_grad():
        broken.model.output.bias[5] = float("nan")
    with pytest.raises(NonFiniteLoss, match=r"update 1: loss nan.*lower the learning rate"):
        broken.update(broken.pairs.batch([0, 1]))


def test_a_checkpoint_of_another_configuration_is_refused(tmp_path: Path) -> None:
    trainer(tmp_path).run(evaluate, Recorder())
    with pytest.raises(CheckpointError, match=r"another configuration or corpus.*--restart"):
        trainer(tmp_path, fingerprint="other").resume()


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    (tmp_path / "last.safetensors").write_bytes(b"half a file")
    with pytest.raises(CheckpointError, match=r"last\.safetensors: no readable checkpoint"):
        trainer(tmp_path).resume()


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
