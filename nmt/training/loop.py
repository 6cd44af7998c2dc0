"""The training loop: batches in order, one update each, evaluation and checkpoints on the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from nmt.corpus.batching import Batch, IdPairs, Split, token_batches
from nmt.corpus.splitting import SubwordSplitter
from nmt.errors import ConfigError, NonFiniteLoss
from nmt.model import Seq2Seq
from nmt.training.averaging import AveragedWeights
from nmt.training.checkpoint import BEST, LAST, Position, load_checkpoint, load_weights, save_checkpoint
from nmt.training.config import Precision, TrainingConfig
from nmt.training.guided import expected_alignment, summed_alignment_loss
from nmt.training.lexicon import Lexicon
from nmt.training.loss import summed_cross_entropy
from nmt.training.schedule import learning_rate
from tokenizer import PAD_ID


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """One update as the log and the progress bar show it."""

    update: int
    loss: float
    """What the update lowers: label-smoothed cross-entropy, with the price of consistency, nats a target token."""
    gradient_norm: float
    """Global L2 norm before clipping."""
    learning_rate: float
    target_tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Sample:
    """A held-out pair and how it is translated now."""

    source: str
    reference: str
    translation: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the held-out pairs say."""

    loss: float
    """Cross-entropy without smoothing, nats a target token."""
    bleu: float
    chrf: float
    samples: tuple[Sample, ...] = ()
    """A few pairs, the same ones at each evaluation."""


class Observer(Protocol):
    """Whoever wants to see training happen; it cannot change it."""

    def updated(self, report: UpdateReport, position: Position) -> None:
        """After each update."""

    def evaluated(self, evaluation: Evaluation, position: Position, best: bool) -> None:
        """After each evaluation."""


class Trainer:
    """Trains a model over epochs of `pairs`; all its memory is in the model, the optimizer and `position`."""

    def __init__(
        self,
        model: Seq2Seq,
        pairs: IdPairs,
        config: TrainingConfig,
        device: torch.device,
        run: Path,
        fingerprint: str,
        splitters: tuple[SubwordSplitter, SubwordSplitter] | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        """`splitters` of source and target, for `split_subwords`; `lexicon` for `guided_alignment`."""
        self.model = model.to(device)
        self.pairs = pairs
        self.config = config
        self.splitters = splitters
        self.lexicon = lexicon
        self.device = device
        self.last_path = run / LAST
        self.best_path = run / BEST
        self.fingerprint = fingerprint
        self.position = Position()
        self._bf16 = _uses_bf16(config.precision, device)
        self.average = AveragedWeights(self.model, config.average_decay) if config.average_decay else None
        self.optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate, betas=(0.9, 0.98), fused=True)

    def resume(self) -> bool:
        """Go on from the last checkpoint, if there is one. Raises CheckpointError."""
        if not self.last_path.exists():
            return False
        self.position = load_checkpoint(self.last_path, self.model, self.optimizer, self.fingerprint, self.average)
        return True

    def run(self, evaluate: Callable[[Seq2Seq], Evaluation], observer: Observer) -> None:
        """Train until max_updates or until validation stops improving; leaves the best weights in the model."""
        saved_at = time.monotonic()
        for batch in self._batches():
            observer.updated(self.update(batch), self.position)
            if self.position.update % self.config.evaluate_every == 0 or self._at_end():
                self._evaluate(evaluate, observer)
                saved_at = self._save()
            elif time.monotonic() - saved_at > 60.0 * self.config.checkpoint_minutes:
                saved_at = self._save()
        load_weights(self.best_path, self.model)

    def update(self, batch: Batch) -> UpdateReport:
        """One step down the gradient of `batch`. Raises NonFiniteLoss."""
        started = time.perf_counter()
        self.model.train()
        tokens = batch.target_tokens
        loss = self._loss(batch)
        self.optimizer.zero_grad(set_to_none=True)
        # Divided by a constant, not by this batch's own count: a token weighs the same in every batch.
        torch.autograd.backward(loss / self.config.batch_tokens)
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip_norm).item()
        rate = learning_rate(self.config, self.position.update + 1, self.position.progress.plateaus)
        if not np.isfinite(norm):
            raise NonFiniteLoss(
                f"update {self.position.update + 1}: loss {loss.item()}, gradient norm {norm}; the weights before it "
                f"are in {self.last_path}; lower the learning rate (now {rate:.2g}) or the clipping norm"
            )
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        if self.average:
            self.average.update(self.model, self.position.update)
        seconds = time.perf_counter() - started
        self._count(tokens, norm, seconds)
        return UpdateReport(self.position.update, loss.item() / tokens, norm, rate, tokens, seconds)

    def _loss(self, batch: Batch) -> torch.Tensor:
        expected = expected_alignment(batch, self.lexicon).to(self.device) if self.lexicon else None
        batch = batch.to(self.device)
        passes = 2 if self.config.consistency else 1
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self._bf16):
            # (B, T, E) and (B, T, S) of each
            attended = [
                self.model.attended_states(batch.source, batch.source_length, batch.target_input) for _ in range(passes)
            ]
        real = batch.target_output != PAD_ID
        states = torch.stack([each[real] for each, _ in attended])  # (passes, N, E)
        output = self.model.output
        loss = summed_cross_entropy(
            states, output.weight, output.bias, batch.target_output[real],
            self.config.label_smoothing, self.config.consistency,
        )  # fmt: skip
        for _, weights in attended:
            if expected is not None and weights is not None:
                loss = loss + self.config.guided_alignment / passes * summed_alignment_loss(weights, expected)
        return loss

    def _batches(self) -> Iterator[Batch]:
        """Batches from where `position` stands; each epoch's order follows from seed and epoch alone."""
        while not self._at_end():
            generator = np.random.default_rng((self.config.seed, self.position.epoch))
            batches = token_batches(self.pairs, self.config.batch_tokens, generator)
            while self.position.batch < len(batches) and not self._at_end():
                indices = batches[self.position.batch]
                split = self._split()
                self.position.batch += 1
                yield self.pairs.batch(indices, split)
            if self.position.batch == len(batches):
                self.position.epoch, self.position.batch = self.position.epoch + 1, 0

    def _split(self) -> Split | None:
        """How this batch's subwords are split; follows from seed, epoch and batch alone."""
        if self.splitters is None or not self.config.split_subwords:
            return None
        generator = np.random.default_rng((self.config.seed, self.position.epoch, self.position.batch))
        source, target = self.splitters
        rate = self.config.split_subwords
        return lambda *ids: (source.split(ids[0], rate, generator), target.split(ids[1], rate, generator))

    def _count(self, tokens: int, norm: float, seconds: float) -> None:
        self.position.update += 1
        self.position.target_tokens += tokens
        self.position.seconds += seconds
        self.position.clipped_updates += norm > self.config.clip_norm

    def _evaluate(self, evaluate: Callable[[Seq2Seq], Evaluation], observer: Observer) -> None:
        self.model.eval()
        with self.average.inside(self.model) if self.average else nullcontext():
            evaluation = evaluate(self.model)
            before = self.position.progress.best_loss
            self.position.progress = self.position.progress.after(evaluation.loss, self.config.plateau_patience)
            best = self.position.progress.best_loss < before
            if best:
                save_checkpoint(self.best_path, self.model, self.optimizer, self.position, self.fingerprint)
        observer.evaluated(evaluation, self.position, best)

    def _save(self) -> float:
        save_checkpoint(self.last_path, self.model, self.optimizer, self.position, self.fingerprint, self.average)
        return time.monotonic()

    def _at_end(self) -> bool:
        return (
            self.position.update >= self.config.max_updates or self.position.progress.since_best >= self.config.patience
        )


def has_bf16(device: torch.device) -> bool:
    """Whether `device` multiplies bfloat16 itself."""
    return device.type != "cpu" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _uses_bf16(precision: Precision, device: torch.device) -> bool:
    if precision == "auto":
        return device.type == "cuda"
    if precision == "bf16" and not has_bf16(device):
        raise ConfigError("training.precision is bf16, but this processor has no bfloat16 arithmetic: use float32")
    return precision == "bf16"
