"""The door between search and model: a step takes each row's last subword and gives its best next ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Candidates:
    """The k best next subwords of R rows, best first."""

    ids: NDArray[np.int64]
    """(R, k)."""
    log_probs: NDArray[np.float32]
    """(R, k), natural logarithms."""


class State(Protocol):
    """Decoder state of R rows; search never looks inside."""

    def select(self, rows: NDArray[np.int64]) -> Self:
        """Rows reordered, repeated or dropped: `rows` (R',) holds indices of the present rows."""


StateT = TypeVar("StateT", bound=State)


class Step(Protocol[StateT]):
    """The decoder: one step, or several in which every row follows its best candidate."""

    def __call__(self, tokens: NDArray[np.int64], state: StateT, k: int, steps: int) -> tuple[list[Candidates], StateT]:
        """Feed `tokens` (R,) to the R rows of `state`; give candidates (R, k) and the next state.

        `steps` may be more than one: then it may go on from each row's best candidate, up to so many steps, and give
        the candidates of each and the last state.
        """
