"""Sampling: its options, its noise, and text from symbols as they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.errors import OptionOutOfRange
from nmt.language_model.symbols import LINE_BREAK, UNKNOWN, Symbols


@dataclass(frozen=True, slots=True)
class SampleOptions:
    """How symbols are drawn."""

    temperature: float = 1.0
    """Logits are divided by it; 0 takes the most probable symbol always."""
    top_p: float = 1.0
    """Draw from the smallest set of most probable symbols with at least this probability (Holtzman et al. 2020)."""
    seed: int = 1

    def __post_init__(self) -> None:
        """Raise OptionOutOfRange."""
        if not 0.0 <= self.temperature <= 100.0:
            raise OptionOutOfRange(f"temperature is {self.temperature}, allowed: 0 to 100")
        if not 0.0 < self.top_p <= 1.0:
            raise OptionOutOfRange(f"top_p is {self.top_p}, allowed: more than 0, up to 1")
        if self.seed < 0:
            raise OptionOutOfRange(f"seed is {self.seed}, allowed: 0 or more")


def gumbel_noise(generator: np.random.Generator, steps: int, size: int) -> NDArray[np.float32]:
    """Return standard Gumbel noise (T, V), -log(-log u); drawing T steps at once or one by one gives the same."""
    # Of the 2^24 values of u, 0 would give -inf; half a step is added.
    uniform = generator.random((steps, size), dtype=np.float32) + np.float32(2.0**-25)
    noise: NDArray[np.float32] = -np.log(-np.log(np.minimum(uniform, np.float32(1.0 - 2.0**-24))))
    return noise


class StreamDecoder:
    """Turns symbols into text as they come; a character whose bytes are not all there yet is held back."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self._line: list[int] = []
        self._written = ""

    def add(self, ids: Sequence[int]) -> str:
        """Return the text that `ids` add."""
        if self._symbols.kind == "characters":
            return self._symbols.decode(ids)
        self._line += ids
        whole = self._symbols.decode(self._line)
        new = whole.rstrip(UNKNOWN)[len(self._written) :]
        self._written += new
        if LINE_BREAK in self._written:
            self._forget_finished_lines()
        return new

    def rest(self) -> str:
        """Return what was held back."""
        return self._symbols.decode(self._line)[len(self._written) :]

    def _forget_finished_lines(self) -> None:
        """Keep only the symbols after the last line break, so that a long text is not decoded again and again."""
        last = len(self._line) - 1 - self._line[::-1].index(self._symbols.line_break)
        self._line = self._line[last + 1 :]
        self._written = self._written.rpartition(LINE_BREAK)[2]
