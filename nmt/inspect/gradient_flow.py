"""How large the gradient of a loss still is some steps before it, beside the bound of its Jacobians."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from nmt.inspect.steps import State, Step


@dataclass(frozen=True, slots=True)
class GradientFlow:
    """Norms of the gradient by distance d = 0 ... T - 1 from the loss, in steps: geometric means over the rows."""

    norms: dict[str, tuple[float, ...]]
    """||dL/dh_{T-d}||, and for an LSTM ||dL/dc_{T-d}||, by "h" and "c"."""
    state: tuple[float, ...]
    """Norm by the whole state, (h, c) for an LSTM, otherwise h."""
    bound: tuple[float, ...]
    """Upper bound of `state`: its norm at d = 0 times the bounds of the Jacobians of the d steps in between."""

    @property
    def reach(self) -> int | None:
        """The distance at which the norm by the state falls below a hundredth of that at 0, or None."""
        return next((d for d, norm in enumerate(self.state) if norm < 0.01 * self.state[0]), None)

    @property
    def factor(self) -> float:
        """The factor a step by which the norm by the state changes, on average over all distances."""
        steps = len(self.state) - 1
        if steps == 0 or self.state[-1] == 0:
            return 0.0
        return math.exp(math.log(self.state[-1] / self.state[0]) / steps)


def gradient_flow(step: Step, sequence: Tensor, readout: Tensor, start: State | None = None) -> GradientFlow:
    """Return the flow of the gradient of L = `readout` . h_T, with `readout` (H,), over `sequence` (B, T, F).

    The loss stands at the last step alone, so every norm is that of a product of Jacobians and `readout`.
    """
    state = step.start(sequence.shape[0]) if start is None else tuple(part.detach().double() for part in start)
    state = tuple(part.requires_grad_() for part in state)
    states: list[State] = []
    bounds: list[Tensor] = []
    for inputs in sequence.detach().double().unbind(1):
        bounds.append(step.jacobian_bound(inputs, state).detach())
        # A copy is what the next step alone reads: c of this step also makes h of this step.
        state = tuple(part.clone() for part in step(inputs, state))
        states.append(state)
    loss = (states[-1][0] @ readout.double()).sum()
    count = len(step.state_names)
    gradients = torch.autograd.grad(loss, [part for each in states for part in each], materialize_grads=True)
    by_part = [torch.stack(gradients[part::count]).flip(0) for part in range(count)]  # each (T, B, H), the last first
    norms = {name: _means(part.norm(dim=2).log()) for name, part in zip(step.state_names, by_part, strict=True)}
    whole = torch.cat(by_part, dim=2).norm(dim=2).log()  # (T, B)
    products = torch.stack(bounds).flip(0).log().cumsum(0)  # (T, B)
    return GradientFlow(norms, _means(whole), _means(torch.cat((whole[:1], whole[0] + products[:-1]))))


def singular_values(step: Step) -> dict[str, tuple[float, ...]]:
    """Return the H singular values of W_hh of each gate, the largest first."""
    return {name: tuple(torch.linalg.svdvals(matrix).tolist()) for name, matrix in step.matrices.items()}


def _means(logarithms: Tensor) -> tuple[float, ...]:
    """(T, B) -> T geometric means."""
    return tuple(logarithms.mean(dim=1).exp().tolist())
