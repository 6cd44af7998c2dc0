"""What gradient clipping does to a run whose gradient explodes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nmt.model import ModelConfig
from nmt.model.rnn import RecurrentLayer

_HIDDEN, _LENGTH, _BATCH = 32, 30, 32
_RATE = 0.05
"""Learning rate of plain gradient descent, which a clipped run is stable at."""


@dataclass(frozen=True, slots=True)
class ExplodingRun:
    """A tiny training: loss and gradient norm before each update, until one is not finite."""

    threshold: float | None
    """tau, or None for a run without clipping."""
    losses: tuple[float, ...]
    """Mean squared error."""
    norms: tuple[float, ...]
    """Norm of the whole gradient before clipping."""

    @property
    def clipped_share(self) -> float:
        """Share of the updates whose gradient was clipped, 0 to 1."""
        return sum(self.threshold is not None and norm > self.threshold for norm in self.norms) / len(self.norms)


def exploding_run(threshold: float | None, updates: int = 300, gain: float = 2.0, seed: int = 0) -> ExplodingRun:
    """Train a vanilla RNN whose singular values of W_hh are `gain` on the adding problem of 30 steps.

    Each update follows g, or tau g / ||g|| where ||g|| is above the `threshold` tau (Pascanu et al. 2013, section 3.2).
    The task: read pairs (value in [0, 1], mark) and say the sum of the two values that are marked (Hochreiter &
    Schmidhuber 1997).
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layer = RecurrentLayer(ModelConfig(1, 1, cell="rnn"), 2, _HIDDEN, bidirectional=False)
        output = nn.Linear(_HIDDEN, 1)
    layer.cell.get_parameter("weight_hh_l0").data.mul_(gain)
    parameters = [*layer.parameters(), *output.parameters()]
    losses: list[float] = []
    norms: list[float] = []
    for _ in range(updates):
        sequence, sums = _adding(generator)
        outputs, _ = layer(sequence)
        loss = ((output(outputs[:, -1]) - sums) ** 2).mean()
        gradients = torch.autograd.grad(loss, parameters)
        norm = torch.linalg.vector_norm(torch.stack([each.norm() for each in gradients])).item()
        if not (math.isfinite(loss.item()) and math.isfinite(norm)):
            break
        losses.append(loss.item())
        norms.append(norm)
        factor = min(1.0, threshold / norm) if threshold is not None and norm > 0 else 1.0
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter.sub_(_RATE * factor * gradient)
    return ExplodingRun(threshold, tuple(losses), tuple(norms))


def _adding(generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return a batch of pairs (B, T, 2) and their sums (B, 1)."""
    values = torch.rand(_BATCH, _LENGTH, generator=generator)
    half = _LENGTH // 2
    places = torch.randint(half, (_BATCH, 2), generator=generator) + torch.tensor([0, half])
    marks = torch.zeros(_BATCH, _LENGTH).scatter_(1, places, 1.0)
    return torch.stack((values, marks), dim=2), (values * marks).sum(dim=1, keepdim=True)
