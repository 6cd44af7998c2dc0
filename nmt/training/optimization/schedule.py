"""Learning rate and dropout as pure functions of the update, and the state of early stopping and the plateau rule."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nmt.training.settings.config import TrainingConfig

_PLATEAU_FACTOR = 0.5


def learning_rate(config: TrainingConfig, update: int, plateaus: int) -> float:
    """Return the learning rate of `update` (counted from 1) after `plateaus` reductions.

    After a linear warm-up, `config.schedule` sets the decay: linear to 0, sqrt(warm-up / update) (Vaswani et al.
    2017, section 5.3), or halved at each plateau.
    """
    warmup = config.warmup_updates
    if update <= warmup:
        return config.learning_rate * update / warmup
    if config.schedule == "linear":
        return config.learning_rate * (config.max_updates - update + 1) / (config.max_updates - warmup + 1)
    if config.schedule == "inverse-sqrt":
        return config.learning_rate * math.sqrt(max(warmup, 1) / update)
    return float(config.learning_rate * _PLATEAU_FACTOR**plateaus)


def dropout_share(config: TrainingConfig, update: int) -> float:
    """Return the factor of all dropout rates in `update` (counted from 1; it may exceed max_updates)."""
    falls_from = config.dropout_falls_from * config.max_updates
    if config.dropout_falls_from == 1.0 or update <= falls_from:
        return 1.0
    return max(0.0, (config.max_updates - update) / (config.max_updates - falls_from))


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of validation: the best loss, and the number of evaluations since."""

    best_loss: float = float("inf")
    since_best: int = 0
    since_reduction: int = 0
    plateaus: int = 0

    def after(self, loss: float, plateau_patience: int) -> Progress:
        """Return the progress after one more evaluation with `loss`, in nats per token."""
        if loss < self.best_loss:
            return Progress(loss, 0, 0, self.plateaus)
        stale = self.since_reduction + 1
        reduce = stale >= plateau_patience
        return Progress(
            self.best_loss, self.since_best + 1, 0 if reduce else stale, self.plateaus + (1 if reduce else 0)
        )
