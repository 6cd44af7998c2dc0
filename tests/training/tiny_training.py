"""A training of a tiny model that copies, for tests and for the processes that they start and kill."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from nmt.corpus.batching import IdPairs
from nmt.errors import DiskFull, TrainingError
from nmt.model import DropoutConfig, ModelConfig, Seq2Seq
from nmt.training.optimization.checkpoint import Position
from nmt.training.optimization.distributed import Ranks, process_group
from nmt.training.optimization.evaluation import validation_loss
from nmt.training.optimization.trainer import Evaluation, Trainer, UpdateReport
from nmt.training.settings.config import TrainingConfig

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
    dropout_falls_from=0.25,
    precision="float32",  # the same wherever the tests run
)


def copy_pairs(count: int = 60) -> IdPairs:
    generator = np.random.default_rng(5)
    rows = [generator.integers(4, 20, generator.integers(1, 8)).tolist() for _ in range(count)]
    return IdPairs(rows, rows)


class Recorder:
    def __init__(self) -> None:
        self.losses: list[float] = []
        self.norms: list[float] = []
        self.tokens: list[int] = []
        self.evaluations: list[bool] = []

    def updated(self, report: UpdateReport, position: Position) -> None:
        self.losses.append(report.loss)
        self.norms.append(report.gradient_norm)
        self.tokens.append(report.target_tokens)

    def evaluated(self, evaluation: Evaluation, position: Position, best: bool) -> None:
        self.evaluations.append(best)


class StopAfter(Recorder):
    """Calls `stop` after so many updates."""

    def __init__(self, update: int, stop: Callable[[], None]) -> None:
        super().__init__()
        self._update = update
        self._stop = stop

    def updated(self, report: UpdateReport, position: Position) -> None:
        super().updated(report, position)
        if position.update == self._update:
            self._stop()


def trainer(
    run: Path, config: TrainingConfig = CONFIG, fingerprint: str = "same", ranks: Ranks | None = None
) -> Trainer:
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    sizes = ModelConfig(
        20, 20, embedding_size=12, encoder_hidden=8, decoder_hidden=16, dropout=DropoutConfig(word=0.1, recurrent=0.1)
    )
    return Trainer(Seq2Seq(sizes, 0), copy_pairs(), config, CPU, run, fingerprint, ranks=ranks)


def evaluate(model: Seq2Seq) -> Evaluation:
    return Evaluation(validation_loss(model, copy_pairs(), 200, CPU), 0.0, 0.0)


def weights(trained: Trainer) -> dict[str, torch.Tensor]:
    return {name: parameter.detach().clone() for name, parameter in trained.model.named_parameters()}


def kill_myself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def train_and_be_killed(run: str) -> None:
    """Train until after update 17."""
    torch.set_num_threads(1)
    trainer(Path(run)).run(evaluate, StopAfter(17, kill_myself))


def train_and_be_killed_again_and_again(run: str, config: TrainingConfig, seed: int) -> int:
    """Train in processes that are killed a few updates after each has begun, while they train or write; gives how many.

    The last one is left to finish.
    """
    torch.set_num_threads(1)
    trainer(Path(run), config)  # imports much, which each child would otherwise do for itself
    generator = random.Random(seed)
    killed = 0
    while True:
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            resumed = trainer(Path(run), config)
            resumed.resume()
            resumed.run(evaluate, _Pipe(writer))
            os._exit(0)
        os.close(writer)
        wanted = generator.randint(1, 9)
        seen = 0
        while seen < wanted and os.read(reader, 1):
            seen += 1
        if seen == wanted:
            os.kill(child, signal.SIGKILL)
        os.close(reader)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            return killed
        killed += 1


class _Pipe(Recorder):
    def __init__(self, writer: int) -> None:
        super().__init__()
        self._writer = writer

    def updated(self, report: UpdateReport, position: Position) -> None:
        os.write(self._writer, b".")


def train_as_one_of_several(directory: str) -> None:
    """Train under torchrun, once whole, once stopped and taken up, and once with a NaN in the second process."""
    torch.set_num_threads(1)
    place = Path(directory)
    try:
        with process_group(CPU) as ranks:
            trainer(place / "whole", ranks=ranks).run(evaluate, recorder := Recorder())
            if ranks.is_first:
                (place / "losses.json").write_text(json.dumps(vars(recorder)))
            with suppress(TimeoutError):
                trainer(place / "stopped", ranks=ranks).run(evaluate, StopAfter(17, _stop))
            ranks.wait()
            taken = torch.full((2, 3), float(ranks.rank))
            ranks.take_from_first([taken])
            (place / f"taken-by-{ranks.rank}.json").write_text(json.dumps(taken.tolist()))
            resumed = trainer(place / "stopped", ranks=ranks)
            assert resumed.resume()
            resumed.run(evaluate, Recorder())
            broken = trainer(place / "broken", ranks=ranks)
            if not ranks.is_first:
                torch.nn.init.constant_(broken.model.output.bias, float("nan"))
            broken.run(evaluate, Recorder())
    except TrainingError as error:
        print(error)
        sys.exit(1)


def _stop() -> None:
    raise TimeoutError


def train_until_the_disk_is_full() -> None:
    """Fill the disk that is the working directory, run into that, make room, and go on; prints what happened."""
    run = Path("run")
    trainer(run, replace(CONFIG, max_updates=10)).run(evaluate, Recorder())
    disk = os.statvfs(".")
    filler = os.open("filler", os.O_CREAT | os.O_WRONLY)
    os.posix_fallocate(filler, 0, disk.f_bavail * disk.f_frsize - 20_480)
    stopped = trainer(run)
    stopped.resume()
    try:
        stopped.run(evaluate, Recorder())
    except DiskFull as error:
        print(error)
    print(json.dumps(os.listdir(run)))
    os.close(filler)
    os.unlink("filler")
    resumed = trainer(run)
    print(resumed.resume(), resumed.position.update)
    resumed.run(evaluate, Recorder())
    print(resumed.position.update)


def in_process(call: str) -> list[str]:
    """The command that runs `call`, an expression of this module's names, in a Python of its own."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from tiny_training import *; {call}"
    return [sys.executable, "-c", code]
