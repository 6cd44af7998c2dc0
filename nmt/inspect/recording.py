"""What the recurrent layers of a model read, recorded while it runs, so that each can be run again step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nmt.inspect.steps import State, Step, run, steps_of
from nmt.model.rnn import LayerState, RecurrentLayer


@dataclass(frozen=True, slots=True)
class Reading:
    """One direction of one layer, and the sequence that it read in its own order: backward from the end."""

    name: str
    """The path of the layer in the model, such as `encoder.layers.0`, and its direction if it has two."""
    step: Step
    sequence: Tensor
    """(B, T, F), without padding."""
    start: State | None
    backward: bool

    def states(self) -> dict[str, Tensor]:
        """Return h, and c of an LSTM, after each step, in the order of the text: (B, T, H)."""
        with torch.no_grad():
            states = list(run(self.step, self.sequence, self.start))
        parts = {name: torch.stack(part, dim=1) for name, *part in zip(self.step.state_names, *states, strict=True)}
        return {name: part.flip(1) for name, part in parts.items()} if self.backward else parts


def record(model: nn.Module, forward: Callable[[], object]) -> list[Reading]:
    """Run `forward`, which runs `model` once on rows of equal length, and return what every RecurrentLayer read."""
    readings: list[Reading] = []
    handles = []
    for name, module in model.named_modules():
        if isinstance(module, RecurrentLayer):
            handles.append(module.register_forward_pre_hook(_hook(name, readings), with_kwargs=True))
    try:
        with torch.no_grad():
            forward()
    finally:
        for handle in handles:
            handle.remove()
    return readings


def _hook(
    name: str, readings: list[Reading]
) -> Callable[[nn.Module, tuple[Tensor, ...], dict[str, LayerState | None]], None]:
    def read(layer: nn.Module, arguments: tuple[Tensor, ...], options: dict[str, LayerState | None]) -> None:
        assert isinstance(layer, RecurrentLayer)
        sequence, state = arguments[0], options.get("state")
        steps = steps_of(layer)
        for index, (step, direction) in enumerate(zip(steps, ("forward", "backward"), strict=False)):
            start = None if state is None else tuple(part[index].double() for part in state)
            shown = f"{name} {direction}" if len(steps) > 1 else name
            ordered = sequence.flip(1) if index else sequence
            readings.append(Reading(shown, step, ordered, start, backward=bool(index)))

    return read
