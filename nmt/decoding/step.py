"""The interface between search and model: a step reads each row's last subword and returns its best next subwords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Candidates:
    """The k best next subwords of R rows, best first."""

    ids: NDArray[np.int64]
    """Shape (R, k)."""
    log_probs: NDArray[np.float32]
    """Shape (R, k), natural logarithms."""
    attention: NDArray[np.float32] | None = None
    """Shape (R, S), of the first head; None if no search asked for it or the model has none."""


@dataclass(frozen=True, slots=True)
class Listed:
    """`Candidates` as plain numbers, which searches read one by one."""

    ids: list[list[int]]
    log_probs: list[list[float]]
    attention: NDArray[np.float32] | None = None

    @classmethod
    def of(cls, candidates: Candidates) -> Self:
        """Return the same numbers."""
        return cls(candidates.ids.tolist(), candidates.log_probs.tolist(), candidates.attention)


class State(Protocol):
    """Decoder state of R rows, opaque to the search."""

    def select(self, rows: NDArray[np.int64]) -> Self:
        """Reorder, repeat or drop rows: `rows` (R',) holds indices of the present rows."""


StateT = TypeVar("StateT", bound=State)


class Step(Protocol[StateT]):
    """The decoder: one step, or several in which every row follows its best candidate."""

    def __call__(self, tokens: NDArray[np.int64], state: StateT, k: int, steps: int) -> tuple[list[Candidates], StateT]:
        """Feed `tokens` (R,) to the R rows of `state`. Return candidates (R, k) and the next state.

        With `steps` above one, it may continue from each row's best candidate for up to that many steps. It then
        returns the candidates of each step and the last state.
        """
