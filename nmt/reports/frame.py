"""The frame of an SVG chart: the mapping of values to pixels, and axes with round numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nmt.reports.axis_ticks import round_ticks
from nmt.reports.page import text

WIDTH = 640
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 12, 42


@dataclass(frozen=True, slots=True)
class Frame:
    """A chart `height` pixels high that shows values from `left` to `right` and from `low` to `high`."""

    left: float
    right: float
    low: float
    high: float
    height: int
    logarithmic: bool = False
    """Whether vertical values are powers of ten of what the axis says."""

    @classmethod
    def around_powers(cls, xs: list[float], exponents: list[float], height: int) -> Frame:
        """Build a frame around 10 to the power of `exponents`, from one power of ten to another."""
        low, high = math.floor(min(exponents)), math.ceil(max(exponents))
        return cls(*_apart(min(xs), max(xs)), low, max(high, low + 1), height, logarithmic=True)

    @classmethod
    def around(cls, xs: list[float], ys: list[float], height: int) -> Frame:
        """Build a frame around all values, none missing. Its width is never 0; its height extends to round numbers."""
        low, high = _apart(min(ys), max(ys))
        ticks = round_ticks(low, high)
        step = ticks[1] - ticks[0] if len(ticks) > 1 else high - low
        # Ticks lie inside the range; a value beyond the outermost tick gets one more.
        low = ticks[0] - step if ticks[0] > low else low
        high = ticks[-1] + step if ticks[-1] < high else high
        return cls(*_apart(min(xs), max(xs)), low, high, height)

    @property
    def bottom(self) -> int:
        """Position of the lower axis."""
        return self.height - _BOTTOM

    def x(self, value: float) -> float:
        """Return the pixels from the left."""
        return _LEFT + (WIDTH - _RIGHT - _LEFT) * (value - self.left) / (self.right - self.left)

    def y(self, value: float) -> float:
        """Return the pixels from the top."""
        return self.bottom - (self.bottom - _TOP) * (value - self.low) / (self.high - self.low)

    def line_at(self, value: float) -> str:
        """Draw a dotted line from top to bottom at x = `value`."""
        return f'<path class="at" d="M{self.x(value):.1f} {_TOP}V{self.bottom}"/>'

    def axis_below(self, name: str) -> str:
        """Draw the lower axis with its numbers and its name."""
        ticks = "".join(
            f'<path class="axis" d="M{self.x(value):.1f} {self.bottom}v4"/>'
            f'<text x="{self.x(value):.1f}" y="{self.bottom + 19}" text-anchor="middle">{_shown(value)}</text>'
            for value in round_ticks(self.left, self.right, 6)
        )
        named = f'<text x="{WIDTH / 2:g}" y="{self.height - 6}" text-anchor="middle">{text(name)}</text>'
        return f'<path class="axis" d="M{_LEFT} {self.bottom}H{WIDTH - _RIGHT}"/>{ticks}{named}'

    def axis_beside(self, unit: str = "") -> str:
        """Draw the numbers beside the chart, each followed by `unit`, with a horizontal line at each."""
        return "".join(
            f'<path class="grid" d="M{_LEFT} {self.y(value):.1f}H{WIDTH - _RIGHT}"/>'
            f'<text x="{_LEFT - 6}" y="{self.y(value) + 4:.1f}" text-anchor="end">'
            f"{self._beside(value)}{text(unit)}</text>"
            for value in round_ticks(self.low, self.high)
            if not self.logarithmic or value == round(value)
        )

    def _beside(self, value: float) -> str:
        if not self.logarithmic:
            return _shown(value)
        return f"{10.0**value:g}" if abs(value) <= 3 else f"1e{value:.0f}"

    def svg(self, title: str, content: str) -> str:
        """Return the chart. Screen readers read `title`."""
        return f'<svg viewBox="0 0 {WIDTH} {self.height}" role="img" aria-label="{text(title)}">{content}</svg>'


def _apart(low: float, high: float) -> tuple[float, float]:
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
