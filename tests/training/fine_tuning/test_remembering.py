"""A model learns new text and stays near what it said."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from nmt.corpus.batching import IdPairs
from nmt.errors import ConfigError
from nmt.model import DropoutConfig, ModelConfig, Seq2Seq
from nmt.runtime.short_lists import ShortLists
from nmt.training.data.short_lists import merged
from nmt.training.optimization.checkpoint import Position
from nmt.training.optimization.evaluation import validation_loss
from nmt.training.optimization.objective import Objective
from nmt.training.optimization.trainer import Evaluation, Trainer, UpdateReport
from nmt.training.settings.config import TrainingConfig

CPU = torch.device("cpu")
CONFIG = TrainingConfig(batch_tokens=60, max_updates=24, warmup_updates=4, evaluate_every=10, learning_rate=0.01)


def pairs_of(first: int, last: int, backwards: bool) -> IdPairs:
    """Texts of the ids from `first` to `last`, which the old task copies and the new one turns round."""
    generator = np.random.default_rng(5)
    rows = [generator.integers(first, last, generator.integers(2, 6)).tolist() for _ in range(80)]
    return IdPairs(rows, [row[::-1] for row in rows] if backwards else rows)


OLD, NEW = pairs_of(4, 14, backwards=False), pairs_of(8, 20, backwards=True)


class Watcher:
    def __init__(self, stop: int = 0) -> None:
        self.losses: list[float] = []
        self._stop = stop

    def updated(self, report: UpdateReport, position: Position) -> None:
        self.losses.append(report.loss)
        if position.update == self._stop:
            raise KeyboardInterrupt

    def evaluated(self, evaluation: Evaluation, position: Position, best: bool) -> None:
        pass


def loss_on(model: Seq2Seq, pairs: IdPairs) -> float:
    return validation_loss(model, pairs, 200, CPU)


def tuned(original: Seq2Seq, remember: float, run: Path) -> Seq2Seq:
    torch.manual_seed(1)
    run.mkdir()
    config = replace(CONFIG, max_updates=60, evaluate_every=60, remember=remember)
    objective = Objective(config, CPU, original=original)
    trainer = Trainer(copy.deepcopy(original), NEW, config, CPU, run, "same", objective=objective)
    trainer.run(lambda model: Evaluation(loss_on(model, NEW), 0.0, 0.0), Watcher())
    return trainer.model


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Seq2Seq:
    """A model that knows the old task."""
    torch.manual_seed(1)
    model = Seq2Seq(ModelConfig(20, 20, embedding_size=16, encoder_hidden=16, decoder_hidden=32), 0)
    config = replace(CONFIG, max_updates=150, evaluate_every=150)
    trainer = Trainer(model, OLD, config, CPU, tmp_path_factory.mktemp("old"), "same")
    trainer.run(lambda each: Evaluation(loss_on(each, OLD), 0.0, 0.0), Watcher())
    return trainer.model


def test_a_model_that_remembers_learns_the_new_and_forgets_less_of_the_old(original: Seq2Seq, tmp_path: Path) -> None:
    plain, remembering = tuned(original, 0.0, tmp_path / "plain"), tuned(original, 0.5, tmp_path / "remembering")
    assert loss_on(plain, NEW) < loss_on(original, NEW)
    assert loss_on(remembering, NEW) < loss_on(original, NEW)
    assert loss_on(original, OLD) < loss_on(remembering, OLD) < loss_on(plain, OLD)


def test_fine_tuning_that_was_stopped_goes_on_bit_for_bit(original: Seq2Seq, tmp_path: Path) -> None:
    def trainer(run: Path) -> Trainer:
        run.mkdir(exist_ok=True)
        torch.manual_seed(1)
        sizes = replace(original.config, dropout=DropoutConfig(word=0.1))
        model = Seq2Seq(sizes, 0)
        model.load_state_dict(original.state_dict())
        config = replace(CONFIG, remember=0.5, consistency=0.5, average_decay=0.9)
        return Trainer(model, NEW, config, CPU, run, "same", objective=Objective(config, CPU, original=original))

    def evaluate(model: Seq2Seq) -> Evaluation:
        return Evaluation(loss_on(model, NEW), 0.0, 0.0)

    whole, watched = trainer(tmp_path / "whole"), Watcher()
    whole.run(evaluate, watched)
    with pytest.raises(KeyboardInterrupt):
        trainer(tmp_path / "stopped").run(evaluate, Watcher(stop=17))
    resumed, rest = trainer(tmp_path / "stopped"), Watcher()
    assert resumed.resume()
    resumed.run(evaluate, rest)
    assert rest.losses == watched.losses[10:]
    assert all(map(torch.equal, resumed.model.parameters(), whole.model.parameters()))


def test_there_must_be_something_to_remember(original: Seq2Seq, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="name a package with --from"):
        Trainer(original, NEW, replace(CONFIG, remember=0.5), CPU, tmp_path, "same")


def test_merged_short_lists_open_the_translations_of_either_once() -> None:
    known = ShortLists(np.array([3, 5]), np.array([[6, 7], [8, 10], [10, 10]]), 10)
    learned = ShortLists(np.array([4, 5]), np.array([[7, 9], [10, 10], [10, 10]]), 10)
    both = merged(known, learned)
    assert both.always.tolist() == [3, 5]
    assert both.translations.tolist() == [[6, 7, 9], [8, 10, 10], [10, 10, 10]]
