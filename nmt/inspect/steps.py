"""Recurrent cells one time step at a time, so that every state in between and every Jacobian can be looked at.

The fused cells of torch return h of every step but c of the last one alone, and no linear cell exists. The equations
here are theirs, in double precision.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from nmt.model.rnn import RecurrentLayer

State = tuple[Tensor, ...]
"""(h, c) for an LSTM, otherwise (h,). Each has shape (B, H)."""


class CellWeights(NamedTuple):
    """Weights of one direction of a layer, the G gates stacked in torch's order."""

    input: Tensor
    """(G * H, F)."""
    recurrent: Tensor
    """(G * H, H): W_hh of every gate."""
    input_bias: Tensor
    """(G * H,)."""
    recurrent_bias: Tensor
    """(G * H,)."""


class Step(ABC):
    """One time step of a cell. Arguments and results are in double precision."""

    gates: ClassVar[tuple[str, ...]]
    """Names of the gates and the candidate, in torch's order."""
    state_names: ClassVar[tuple[str, ...]] = ("h",)

    def __init__(self, weights: CellWeights) -> None:
        self.weights = CellWeights(*(weight.detach().double() for weight in weights))
        self.hidden_size = weights.recurrent.shape[1]
        self.matrices: dict[str, Tensor] = dict(
            zip(self.gates, torch.split(self.weights.recurrent, self.hidden_size), strict=True)
        )
        """W_hh of each gate, (H, H)."""
        self._norms = {name: torch.linalg.matrix_norm(each, 2) for name, each in self.matrices.items()}

    def start(self, batch: int) -> State:
        """Return the zero state of `batch` rows."""
        return tuple(self.weights.recurrent.new_zeros(batch, self.hidden_size) for _ in self.state_names)

    @abstractmethod
    def __call__(self, inputs: Tensor, state: State) -> State:
        """Read `inputs` (B, F) after `state`, and return the next state."""

    @abstractmethod
    def jacobian_bound(self, inputs: Tensor, state: State) -> Tensor:
        """Return an upper bound (B,) of the spectral norm of the Jacobian of the next state by `state`.

        The Jacobian is a sum of products of diagonal matrices and W_hh. The norm of a diagonal matrix is its largest
        element, and the norm of W_hh its largest singular value (Pascanu et al. 2013, section 2.1, for tanh).
        """

    def _sums(self, inputs: Tensor, h: Tensor) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """Return what the inputs and what h add to each gate, each (B, H)."""
        of_inputs = inputs @ self.weights.input.T + self.weights.input_bias
        of_state = h @ self.weights.recurrent.T + self.weights.recurrent_bias
        return torch.split(of_inputs, self.hidden_size, dim=1), torch.split(of_state, self.hidden_size, dim=1)


class RnnStep(Step):
    """h_t = tanh(W_hh h_{t-1} + W_xh x_t + b) (Elman 1990)."""

    gates = ("h",)

    def __call__(self, inputs: Tensor, state: State) -> State:
        """Read `inputs` (B, F) after `state`, and return the next state."""
        ((read,), (kept,)) = self._sums(inputs, state[0])
        return (torch.tanh(read + kept),)

    def jacobian_bound(self, inputs: Tensor, state: State) -> Tensor:
        """Return ||W_hh|| max |tanh'|, (B,)."""
        (h,) = self(inputs, state)
        bound: Tensor = self._norms["h"] * _largest(1 - h**2)
        return bound


class LinearStep(Step):
    """h_t = W_hh h_{t-1} + W_xh x_t + b, whose gradient depends on W_hh alone."""

    gates = ("h",)

    def __call__(self, inputs: Tensor, state: State) -> State:
        """Read `inputs` (B, F) after `state`, and return the next state."""
        ((read,), (kept,)) = self._sums(inputs, state[0])
        return (read + kept,)

    def jacobian_bound(self, inputs: Tensor, state: State) -> Tensor:
        """Return ||W_hh||, (B,)."""
        bound: Tensor = self._norms["h"].expand(inputs.shape[0])
        return bound


class GruStep(Step):
    """Cho et al. 2014, with the reset gate after the product with W_hh, as torch has it."""

    gates = ("reset", "update", "candidate")

    def __call__(self, inputs: Tensor, state: State) -> State:
        """Read `inputs` (B, F) after `state`, and return the next state."""
        _, z, n, _ = self._gates(inputs, state[0])
        return ((1 - z) * n + z * state[0],)

    def jacobian_bound(self, inputs: Tensor, state: State) -> Tensor:
        """Return the sum of the bounds of the terms of the Jacobian, (B,)."""
        (h,) = state
        r, z, n, kept = self._gates(inputs, h)
        candidate = (1 - z) * (1 - n**2)
        bound: Tensor = (
            _largest(z)
            + _largest((h - n) * z * (1 - z)) * self._norms["update"]
            + _largest(candidate * r) * self._norms["candidate"]
            + _largest(candidate * kept * r * (1 - r)) * self._norms["reset"]
        )
        return bound

    def _gates(self, inputs: Tensor, h: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return reset, update, candidate, and what h adds to the candidate before the reset, each (B, H)."""
        read, kept = self._sums(inputs, h)
        r, z = (torch.sigmoid(read[gate] + kept[gate]) for gate in range(2))
        return r, z, torch.tanh(read[2] + r * kept[2]), kept[2]


class LstmStep(Step):
    """Hochreiter & Schmidhuber 1997 with a forget gate."""

    gates = ("input", "forget", "candidate", "output")
    state_names = ("h", "c")

    def __call__(self, inputs: Tensor, state: State) -> State:
        """Read `inputs` (B, F) after `state`, and return the next state."""
        i, f, g, o = self._gates(inputs, state[0])
        c = f * state[1] + i * g
        return o * torch.tanh(c), c

    def jacobian_bound(self, inputs: Tensor, state: State) -> Tensor:
        """Return the norm of the 2 x 2 matrix of the bounds of the four blocks of the Jacobian of (h, c), (B,)."""
        i, f, g, o = self._gates(inputs, state[0])
        squashed = torch.tanh(f * state[1] + i * g)
        opened = o * (1 - squashed**2)
        c_by_h = (
            _largest(i * (1 - i) * g) * self._norms["input"]
            + _largest(f * (1 - f) * state[1]) * self._norms["forget"]
            + _largest(i * (1 - g**2)) * self._norms["candidate"]
        )
        h_by_h = _largest(o * (1 - o) * squashed) * self._norms["output"] + _largest(opened) * c_by_h
        blocks = torch.stack((h_by_h, _largest(opened * f), c_by_h, _largest(f)), dim=1)  # (B, 4)
        bound: Tensor = torch.linalg.matrix_norm(blocks.reshape(-1, 2, 2), 2)
        return bound

    def _gates(self, inputs: Tensor, h: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return input, forget, candidate and output, each (B, H)."""
        read, kept = self._sums(inputs, h)
        i, f, g, o = (each + other for each, other in zip(read, kept, strict=True))
        return torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)


_STEPS: dict[type[nn.Module], Callable[[CellWeights], Step]] = {nn.RNN: RnnStep, nn.GRU: GruStep, nn.LSTM: LstmStep}


def steps_of(layer: RecurrentLayer) -> list[Step]:
    """Return the time step of each direction of `layer`, forward first."""
    step = _STEPS[type(layer.cell)]
    weights = [weight for _, weight in layer.cell.named_parameters()]  # four for each direction
    return [step(CellWeights(*weights[first : first + 4])) for first in range(0, len(weights), 4)]


def run(step: Step, sequence: Tensor, state: State | None = None) -> Iterator[State]:
    """Yield the state after each step of `sequence` (B, T, F)."""
    state = step.start(sequence.shape[0]) if state is None else state
    for inputs in sequence.double().unbind(1):
        state = step(inputs, state)
        yield state


def _largest(values: Tensor) -> Tensor:
    """(B, H) -> (B,): the largest magnitude, the norm of a diagonal matrix."""
    return values.abs().amax(dim=1)
