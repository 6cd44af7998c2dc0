"""Truncated backpropagation through time: updates, evaluations and checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from nmt.errors import CheckpointError, NonFiniteLoss
from nmt.training.language_model.network import (
    RecurrentLanguageModel,
    State,
    detached,
    is_state,
    state_from,
    state_tensors,
)
from nmt.training.language_model.settings import LanguageModelSettings
from nmt.training.language_model.streams import Chunk, Streams
from nmt.training.optimization.checkpoint import (
    Label,
    Position,
    is_whole,
    load_latest,
    load_weights,
    save_checkpoint,
)
from nmt.training.optimization.loss import summed_cross_entropy
from nmt.training.optimization.objective import uses_bf16
from nmt.training.optimization.schedule import learning_rate
from nmt.training.optimization.weight_averaging import AveragedWeights
from nmt.training.run.files import BEST, LAST


@dataclass(frozen=True, slots=True)
class ChunkReport:
    """One update, for the log and the progress bar."""

    update: int
    loss: float
    """Cross-entropy in nats per symbol, with dropout."""
    gradient_norm: float
    """Global L2 norm before clipping."""
    learning_rate: float
    symbols: int
    seconds: float


class Observer(Protocol):
    """An observer of training, which cannot influence it."""

    def updated(self, report: ChunkReport, position: Position) -> None:
        """Called after each update."""

    def evaluated(self, loss: float, position: Position, best: bool) -> None:
        """Called after each evaluation with the validation loss, in nats per symbol."""


class Trainer:
    """Trains a language model over and over a text; its only state is the model, its average, the optimizer,
    `position` and the streams' state.
    """

    def __init__(
        self,
        model: RecurrentLanguageModel,
        text: Streams,
        settings: LanguageModelSettings,
        device: torch.device,
        run: Path,
        fingerprint: str,
    ) -> None:
        self.model = model.to(device)
        self.text = text
        self.settings = settings
        self.config = settings.optimization()
        self.run_directory = run
        self.label = Label(fingerprint, {"training": settings.identity() | self.config.to_dict()})
        self.position = Position()
        self.state = model.start(settings.streams)
        self.notes: tuple[str, ...] = ()
        """Messages for the user about how training resumed."""
        self.bf16 = uses_bf16(settings.precision, device)
        self._device = device
        self._average = AveragedWeights(self.model, settings.average_decay) if settings.average_decay else None
        self._optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate, betas=(0.9, 0.98), fused=True)

    def resume(self) -> bool:
        """Resume from the last checkpoint, and return whether there is one. Raises CheckpointError."""
        run = self.run_directory
        restored = load_latest(run, self.model, self._optimizer, self.label, self._average)
        if restored is None:
            return False
        carried = dict(restored.carried)
        if not is_state(carried, self.state):
            raise CheckpointError(f"{run}: the checkpoint has no state of these streams; pass --restart to begin again")
        self.state = state_from(carried, self.state)
        self.position, self.notes = restored.position, restored.notes
        if self.position.progress.best_loss < np.inf and not is_whole(run / BEST):
            self.position.progress = replace(self.position.progress, best_loss=np.inf)
            self.notes += (f"{run / BEST}: missing or damaged; the next evaluation counts as the best so far",)
        return True

    def run(self, evaluate: Callable[[RecurrentLanguageModel], float], observer: Observer) -> None:
        """Train until max_updates or early stopping, then load the best weights into the model."""
        saved_at = time.monotonic()
        while not self._at_end():
            observer.updated(self.update(), self.position)
            if self.position.update % self.config.evaluate_every == 0 or self._at_end():
                self._evaluate(evaluate, observer)
                saved_at = self._save()
            elif time.monotonic() - saved_at > 60.0 * self.config.checkpoint_minutes:
                saved_at = self._save()
        if self.position.progress.best_loss == np.inf:
            self._evaluate(evaluate, observer)
        load_weights(self.run_directory / BEST, self.model)

    def update(self) -> ChunkReport:
        """Make one update from the next chunk of all streams. Raises NonFiniteLoss."""
        started = time.perf_counter()
        if self.position.batch == 0:
            self.state = self.model.start(self.settings.streams)
        chunk = self.text.chunk(self.position.batch)
        self.model.train()
        # Seed dropout by the update, so that a resumed training draws the same masks.
        draw = np.random.SeedSequence((self.settings.seed, self.position.update)).generate_state(1)
        torch.manual_seed(int(draw[0]))
        self._optimizer.zero_grad(set_to_none=True)
        loss, after = self.loss(chunk, self.state)
        # Divide by a constant, not by the chunk's length, so that a symbol weighs the same in every chunk.
        torch.autograd.backward(loss / self.config.batch_tokens)
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip_norm).item()
        rate = learning_rate(self.config, self.position.update + 1, 0)
        mean = loss.item() / chunk.targets.numel()
        if not (np.isfinite(mean) and np.isfinite(norm)):
            raise self._not_finite(f"loss {mean:.3g} a symbol, gradient norm {norm}, learning rate {rate:.2g}")
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.step()
        if self._average:
            self._average.update(self.model, self.position.update)
        self.state = detached(after)
        seconds = time.perf_counter() - started
        self._count(chunk.targets.numel(), norm, seconds)
        return ChunkReport(self.position.update, mean, norm, rate, chunk.targets.numel(), seconds)

    def loss(self, chunk: Chunk, state: State) -> tuple[Tensor, State]:
        """Return the loss of `chunk` after `state`, summed over all steps and streams, and the state after it."""
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self.bf16):
            hidden, after = self.model.hidden(chunk.inputs.to(self._device), state)  # (B, T, H)
        output = self.model.output
        targets = chunk.targets.to(self._device)
        # Steps first, as `hidden` lies in memory.
        flat = hidden.transpose(0, 1).reshape(1, -1, hidden.shape[2])  # (1, T x B, H)
        return summed_cross_entropy(flat, output.weight, output.bias, targets.T.reshape(-1), 0.0), after

    def _count(self, symbols: int, norm: float, seconds: float) -> None:
        self.position.update += 1
        self.position.target_tokens += symbols
        self.position.seconds += seconds
        self.position.clipped_updates += norm > self.config.clip_norm
        self.position.batch += 1
        if self.position.batch == len(self.text):
            self.position.epoch, self.position.batch = self.position.epoch + 1, 0

    def _evaluate(self, evaluate: Callable[[RecurrentLanguageModel], float], observer: Observer) -> None:
        self.model.eval()
        with self._average.inside(self.model) if self._average else nullcontext():
            loss = evaluate(self.model)
            if not np.isfinite(loss):
                raise self._not_finite(f"validation loss {loss}")
            before = self.position.progress.best_loss
            self.position.progress = self.position.progress.after(loss, self.config.plateau_patience)
            best = self.position.progress.best_loss < before
            if best:
                self._write(self.run_directory / BEST, None)
        observer.evaluated(loss, self.position, best)

    def _save(self) -> float:
        self._write(self.run_directory / LAST, self._average)
        return time.monotonic()

    def _write(self, path: Path, average: AveragedWeights | None) -> None:
        carried = state_tensors(self.state)
        save_checkpoint(path, self.model, self._optimizer, self.position, self.label, average, carried)

    def _not_finite(self, found: str) -> NonFiniteLoss:
        return NonFiniteLoss(
            f"after {self.position.update} updates: {found}; what is saved in {self.run_directory} is from before. Go "
            f"on from there with the same command and a lower learning rate (--set learning_rate=..., now "
            f"{self.config.learning_rate:g}) or clipping norm (clip_norm, now {self.config.clip_norm:g})"
        )

    def _at_end(self) -> bool:
        progress = self.position.progress
        return self.position.update >= self.config.max_updates or progress.since_best >= self.config.patience


def validation_loss(model: RecurrentLanguageModel, text: Streams, streams: int, bf16: bool = False) -> float:
    """Return the mean loss over `text` in nats per symbol, each of the B = `streams` beginning with a zero state."""
    state = model.start(streams)
    device = model.output.weight.device
    total, count = 0.0, 0
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=bf16):
        for number in range(len(text)):
            inputs, targets = (each.to(device) for each in text.chunk(number))
            logits, state = model(inputs, state)  # (B, T, V)
            losses = torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), targets.flatten(), reduction="sum")
            total += losses.item()
            count += targets.numel()
    return total / count
