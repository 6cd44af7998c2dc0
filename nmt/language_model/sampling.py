"""Sampling: its options, the choice of a symbol, and text from symbols as they come."""

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


def drawn(log_probs: NDArray[np.float32], temperature: float, top_p: float, uniform: float) -> int:
    """Return the symbol that `uniform` in [0, 1) chooses by `log_probs` (V,); the specification of the compiled draw.

    With p = e^(log_probs / temperature), it is the first symbol at which the sum of p so far exceeds `uniform` of that
    of all. With `top_p`, only the smallest set of most probable symbols counts whose p sum to at least `top_p` of all
    (Holtzman et al. 2020, section 3.1); of equally probable ones those that come first.
    """
    if temperature == 0.0:
        return int(log_probs.argmax())
    p = np.exp((log_probs - log_probs.max()).astype(np.float64) / temperature)
    if top_p < 1.0:
        order = np.argsort(-p, kind="stable")
        count = int(np.searchsorted(np.cumsum(p[order]), top_p * p.sum())) + 1
        p[order[count:]] = 0.0
    sums = np.cumsum(p)
    place = int(np.searchsorted(sums, uniform * sums[-1], side="right"))
    return min(place, int(np.flatnonzero(p)[-1]))


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
