"""Compute round numbers for the ticks of an axis."""

from __future__ import annotations

import math


def round_ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Return about `about` multiples of 1, 2 or 5 times a power of ten from `low` to `high`, or `low` if equal."""
    if not high > low:
        return [low]
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    # Round to the digits of the step, so that 3 * 0.1 is 0.3.
    digits = max(0, -math.floor(math.log10(step)))
    return [round(number * step, digits) for number in range(first, last + 1)]
