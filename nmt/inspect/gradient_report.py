"""Gather what `nmt inspect gradients` reports, of fresh cells or of the layers of a package."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from nmt.inspect.clipping import ExplodingRun, exploding_run
from nmt.inspect.gradient_flow import GradientFlow, gradient_flow, singular_values
from nmt.inspect.packages import OpenedLanguageModel, OpenedTranslator
from nmt.inspect.recording import record
from nmt.inspect.steps import CellWeights, LinearStep, State, Step, steps_of
from nmt.model import ModelConfig
from nmt.model.config import Cell
from nmt.model.rnn import RecurrentLayer
from nmt.training.report.history import History, UpdatePoint

VERSION = 1
"""Version of the JSON report, increased when a field changes its name or meaning."""
GAINS = (0.9, 1.0, 1.1)
_CELLS: tuple[Cell, ...] = ("rnn", "gru", "lstm")
_ROWS = 8
"""Sequences over which norms are averaged."""
_THRESHOLD = 1.0
"""tau of the clipped run, the default of `training.clip_norm`."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of what is measured."""

    steps: int = 100
    """T."""
    hidden: int = 64
    """H of fresh cells, and F of what they read."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class CellReport:
    """The gradient through one direction of one layer."""

    name: str
    hidden_size: int
    flow: GradientFlow
    singular_values: dict[str, tuple[float, ...]]
    """Of W_hh, the largest first, by gate."""


@dataclass(frozen=True, slots=True)
class GradientReport:
    """The contents of the report."""

    model: str | None
    """Name of the package, or None for fresh cells."""
    steps: int
    cells: tuple[CellReport, ...]
    gains: dict[str, tuple[float, ...]]
    """Norm of the gradient in a linear cell with W_hh = a Q, Q orthogonal, by distance, for each gain a."""
    exploding: tuple[ExplodingRun, ExplodingRun]
    """A tiny run without and with clipping."""
    training: tuple[UpdatePoint, ...]
    """The log of a training, if one was given."""

    def to_json(self) -> str:
        """Return the report as JSON; numbers that are not finite are null."""
        shares = {
            f"clipped_share_{name}": run.clipped_share for name, run in zip(("off", "on"), self.exploding, strict=True)
        }
        return json.dumps(_finite({"version": VERSION, **asdict(self), **shares}), allow_nan=False, indent=1)


def report_gradients(
    sizes: Sizes, model: OpenedTranslator | OpenedLanguageModel | None = None, history: History | None = None
) -> GradientReport:
    """Measure the layers of `model`, or without one a fresh cell of each kind, and add the log of a training."""
    return GradientReport(
        model=model.name if model else None,
        steps=sizes.steps,
        cells=tuple(_layers(model, sizes) if model else _fresh_cells(sizes)),
        gains={f"{gain:g}": linear_flow(gain, sizes).state for gain in GAINS},
        exploding=(exploding_run(None), exploding_run(_THRESHOLD)),
        training=history.updates if history else (),
    )


def linear_flow(gain: float, sizes: Sizes) -> GradientFlow:
    """Return the flow in a linear cell whose W_hh is `gain` times an orthogonal matrix: its norm is gain^d."""
    generator = torch.Generator().manual_seed(sizes.seed)
    size = sizes.hidden
    weight = torch.empty(size, size, dtype=torch.float64)
    torch.nn.init.orthogonal_(weight, gain, generator)
    zero = weight.new_zeros(size)
    step = LinearStep(CellWeights(weight.new_zeros(size, 1), weight, zero, zero))
    return gradient_flow(step, weight.new_zeros(1, sizes.steps, 1), _readout(size, generator))


def _fresh_cells(sizes: Sizes) -> list[CellReport]:
    """Return the report of a fresh layer of each cell that reads independent normal numbers."""
    reports = []
    for cell in _CELLS:
        generator = torch.Generator().manual_seed(sizes.seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(sizes.seed)
            layer = RecurrentLayer(ModelConfig(1, 1, cell=cell), sizes.hidden, sizes.hidden, bidirectional=False)
        (step,) = steps_of(layer)
        sequence = torch.randn(_ROWS, sizes.steps, sizes.hidden, generator=generator)
        reports.append(_report(cell, step, sequence, None, generator))
    return reports


def _layers(opened: OpenedTranslator | OpenedLanguageModel, sizes: Sizes) -> list[CellReport]:
    """Return the report of every layer and direction of a model that reads random symbols of its vocabulary."""
    generator = torch.Generator().manual_seed(sizes.seed)
    readings = record(opened.model, lambda: opened.read_random(_ROWS, sizes.steps, generator))
    return [_report(each.name, each.step, each.sequence, each.start, generator) for each in readings]


def _report(name: str, step: Step, sequence: Tensor, start: State | None, generator: torch.Generator) -> CellReport:
    flow = gradient_flow(step, sequence, _readout(step.hidden_size, generator), start)
    return CellReport(name, step.hidden_size, flow, singular_values(step))


def _readout(size: int, generator: torch.Generator) -> Tensor:
    """Return a random direction of length 1."""
    direction = torch.randn(size, generator=generator, dtype=torch.float64)
    unit: Tensor = direction / direction.norm()
    return unit


def _finite(value: object) -> object:
    """Return `value` with every number that is not finite replaced by None."""
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
