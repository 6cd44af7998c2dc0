"""The training loop: updates, evaluations and checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from nmt.corpus.batching import Batch, IdPairs, Split, token_batches
from nmt.corpus.subword_regularization import SubwordSplitter
from nmt.errors import CheckpointError, NonFiniteLoss
from nmt.model import DecoderModel
from nmt.model.dropout import set_dropout_share
from nmt.training.optimization.checkpoint import Label, Position, is_whole, load_latest, load_weights, save_checkpoint
from nmt.training.optimization.distributed import Ranks
from nmt.training.optimization.objective import Objective
from nmt.training.optimization.schedule import dropout_share, learning_rate
from nmt.training.optimization.weight_averaging import AveragedWeights
from nmt.training.run.files import BEST, LAST, PREVIOUS
from nmt.training.settings.config import TrainingConfig


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """One update, for the log and the progress bar."""

    update: int
    loss: float
    """Label-smoothed cross-entropy plus the terms that the settings add, in nats per target token."""
    gradient_norm: float
    """Global L2 norm before clipping."""
    learning_rate: float
    target_tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Sample:
    """A held-out pair and its current translation."""

    source: str
    reference: str
    translation: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An evaluation on the held-out pairs."""

    loss: float
    """Cross-entropy without label smoothing, in nats per target token."""
    bleu: float
    chrf: float
    samples: tuple[Sample, ...] = ()
    """A few pairs, the same at each evaluation."""
    bleu_name: str = "BLEU"
    """The name of the BLEU variant for the target language and the lengths of the references."""


class Observer(Protocol):
    """An observer of training, which cannot influence it."""

    def updated(self, report: UpdateReport, position: Position) -> None:
        """Called after each update."""

    def evaluated(self, evaluation: Evaluation, position: Position, best: bool) -> None:
        """Called after each evaluation."""


class Trainer:
    """Trains a model over epochs of `pairs`; its only state is the model, the average, the optimizer and `position`."""

    def __init__(
        self,
        model: DecoderModel,
        pairs: IdPairs,
        config: TrainingConfig,
        device: torch.device,
        run: Path,
        fingerprint: str,
        splitters: tuple[SubwordSplitter, SubwordSplitter] | None = None,
        objective: Objective | None = None,
        ranks: Ranks | None = None,
    ) -> None:
        """Initialize the model, the optimizer and `position` for a new training.

        `splitters` of source and target are for `split_subwords`, `ranks` for multi-process training. Without an
        `objective`, the settings alone define it.
        """
        self.model = model.to(device)
        self.pairs = pairs
        self.config = config
        self.splitters = splitters
        self.device = device
        self.last_path = run / LAST
        self.best_path = run / BEST
        self.ranks = ranks or Ranks()
        self.label = Label(fingerprint, {"training": config.to_dict(), "model": model.config.to_dict()})
        self.position = Position(batches_an_update=self.ranks.count)
        self.notes: list[str] = []
        """Messages for the user about how training resumed."""
        self._objective = objective or Objective(config, device)
        self.average = AveragedWeights(self.model, config.average_decay) if config.average_decay else None
        self.optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate, betas=(0.9, 0.98), fused=True)

    def resume(self) -> bool:
        """Resume from the last checkpoint, and return whether there is one. Raises CheckpointError."""
        # The first process goes first: it moves damaged files aside, and reports errors for all processes.
        update = self.ranks.of_first(self._take_up)
        if not self.ranks.is_first and self._take_up() != update:
            raise CheckpointError(f"{self.last_path}: not what the first process has; all need the same --run-dir")
        return update is not None

    def _take_up(self) -> int | None:
        """Load the last checkpoint and return its update, or None if there is none."""
        restored = load_latest(self.last_path.parent, self.model, self.optimizer, self.label, self.average)
        if restored is None:
            return None
        self.position = restored.position
        self.notes += restored.notes
        began, now = self.position.batches_an_update, self.ranks.count
        if now > began:
            raise CheckpointError(
                f"{self.last_path}: this training began with {began} processes and sums the gradients of as many "
                f"batches: {now} are too many; start {began} or fewer, or pass --restart to begin again"
            )
        if now < began:
            self.notes.append(f"began with {began} processes: {now} do the same work, and take longer")
        if self.position.progress.best_loss < np.inf and not is_whole(self.best_path):
            self.position.progress = replace(self.position.progress, best_loss=np.inf)
            self.notes.append(f"{self.best_path}: missing or damaged; the next evaluation counts as the best so far")
        return self.position.update

    def run(self, evaluate: Callable[[DecoderModel], Evaluation], observer: Observer) -> None:
        """Train until max_updates or early stopping, then load the best weights into the model."""
        saved_at = time.monotonic()
        for batches in self._batches():
            observer.updated(self.update(*batches), self.position)
            if self.position.update % self.config.evaluate_every == 0 or self._at_end():
                self._evaluate(evaluate, observer)
                saved_at = self._save()
            elif time.monotonic() - saved_at > 60.0 * self.config.checkpoint_minutes:
                saved_at = self._save()
        if self.position.progress.best_loss == np.inf:
            self._evaluate(evaluate, observer)
        if self.ranks.is_first:
            load_weights(self.best_path, self.model)

    def update(self, *batches: Batch) -> UpdateReport:
        """Make one update from the gradient summed over the `batches` of all processes. Raises NonFiniteLoss."""
        started = time.perf_counter()
        self.model.train()
        set_dropout_share(self.model, dropout_share(self.config, self.position.update + 1))
        self.optimizer.zero_grad(set_to_none=True)
        loss, tokens = self._backward(batches)
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip_norm).item()
        rate = learning_rate(self.config, self.position.update + 1, self.position.progress.plateaus)
        if not (np.isfinite(loss) and np.isfinite(norm)):  # the gradient of an infinite loss may be finite
            raise self._not_finite(f"loss {loss / tokens:.3g} a token, gradient norm {norm}, learning rate {rate:.2g}")
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        if self.average:
            self.average.update(self.model, self.position.update)
        seconds = time.perf_counter() - started
        self._count(tokens, norm, seconds)
        return UpdateReport(self.position.update, loss / tokens, norm, rate, tokens, seconds)

    def _backward(self, batches: Sequence[Batch]) -> tuple[float, int]:
        """Compute the gradient, and return the loss sum and the number of target tokens over all processes."""
        # Divide by a constant, not by the batches' token count, so that a token weighs the same in every batch.
        constant = self.config.batch_tokens * self.position.batches_an_update
        counts = torch.zeros(2, device=self.device)
        for number, batch in zip(self.ranks.share(range(self.position.batches_an_update)), batches, strict=False):
            # Seed dropout by the update and the batch's place in it, whichever process computes it.
            draw = np.random.SeedSequence((self.config.seed, self.position.update, number)).generate_state(1)
            torch.manual_seed(int(draw[0]))
            loss = self._objective(self.model, batch)
            torch.autograd.backward(loss / constant)
            counts += torch.stack((loss.detach(), torch.tensor(float(batch.target_tokens), device=self.device)))
        if self.ranks.count > 1:
            self.ranks.sum([counts, *map(_gradient, self.model.parameters())])
        loss_sum, tokens = counts.tolist()
        return loss_sum, int(tokens)

    def _batches(self) -> Iterator[list[Batch]]:
        """Yield this process's batches of each update from `position` on; possibly none in an epoch's last update.

        Only the seed and the epoch determine the order of an epoch.
        """
        while not self._at_end():
            generator = np.random.default_rng((self.config.seed, self.position.epoch))
            batches = token_batches(self.pairs, self.config.batch_tokens, generator)
            while self.position.batch < len(batches) and not self._at_end():
                end = min(self.position.batch + self.position.batches_an_update, len(batches))
                mine = self.ranks.share(range(self.position.batch, end))
                self.position.batch = end
                yield [self.pairs.batch(batches[number], self._split(number)) for number in mine]
            if self.position.batch == len(batches):
                self.position.epoch, self.position.batch = self.position.epoch + 1, 0

    def _split(self, batch: int) -> Split | None:
        """Return the subword splitting of a batch, determined only by the seed, the epoch and the batch's number."""
        if self.splitters is None or not self.config.split_subwords:
            return None
        generator = np.random.default_rng((self.config.seed, self.position.epoch, batch))
        source, target = self.splitters
        rate = self.config.split_subwords
        return lambda *ids: (source.split(ids[0], rate, generator), target.split(ids[1], rate, generator))

    def _count(self, tokens: int, norm: float, seconds: float) -> None:
        self.position.update += 1
        self.position.target_tokens += tokens
        self.position.seconds += seconds
        self.position.clipped_updates += norm > self.config.clip_norm

    def _evaluate(self, evaluate: Callable[[DecoderModel], Evaluation], observer: Observer) -> None:
        self.model.eval()
        with self.average.inside(self.model) if self.average else nullcontext():
            evaluation = self.ranks.of_first(lambda: evaluate(self.model))
            if not np.isfinite(evaluation.loss):
                raise self._not_finite(f"validation loss {evaluation.loss}")
            before = self.position.progress.best_loss
            self.position.progress = self.position.progress.after(evaluation.loss, self.config.plateau_patience)
            best = self.position.progress.best_loss < before
            if best and self.ranks.is_first:
                save_checkpoint(self.best_path, self.model, self.optimizer, self.position, self.label)
        observer.evaluated(evaluation, self.position, best)

    def _save(self) -> float:
        if self.ranks.is_first:
            if not all(bool(parameter.isfinite().all()) for parameter in self.model.parameters()):
                raise self._not_finite("a weight is not finite")
            save_checkpoint(self.last_path, self.model, self.optimizer, self.position, self.label, self.average)
        return time.monotonic()

    def _not_finite(self, found: str) -> NonFiniteLoss:
        return NonFiniteLoss(
            f"after {self.position.update} updates: {found}; what is saved in {self.last_path.parent} is from before. "
            f"Go on from there with the same command and a lower learning rate (--set training.learning_rate=..., now "
            f"{self.config.learning_rate:g}) or clipping norm (training.clip_norm, now {self.config.clip_norm:g}). If "
            f"that fails at once, the weights saved were too large already: remove {LAST} there, and if need be "
            f"{PREVIOUS} too, to go on from an earlier checkpoint"
        )

    def _at_end(self) -> bool:
        return (
            self.position.update >= self.config.max_updates or self.position.progress.since_best >= self.config.patience
        )


def _gradient(parameter: torch.nn.Parameter) -> torch.Tensor:
    """Return the gradient of `parameter`, set to 0 if no batch contributed to it."""
    if parameter.grad is None:
        parameter.grad = torch.zeros_like(parameter)
    return parameter.grad
