"""Histograms, and as inline SVG that takes its colours from the page, light or dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.reports.page import text

_WIDTH, _HEIGHT = 640, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 8, 38
_LABELS = 6


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts between edges; the last bin has all that is longer too."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


def histogram_of_counts(counts: NDArray[np.int64]) -> Histogram:
    """How often 0, 1, 2, ... occurs in at most 40 bins of a round width, up to what 99.9 % stay below."""
    most = int(np.searchsorted(np.cumsum(counts), 0.999 * counts.sum())) + 1
    width = next(width for width in (1, 2, 5, 10, 20, 50) if width * 40 >= min(most, len(counts)))
    starts = np.arange(0, most, width)
    sums = np.add.reduceat(counts, starts)
    return Histogram((*starts.astype(float).tolist(), float(starts[-1] + width)), tuple(sums.tolist()))


def histogram_svg(title: str, unit: str, series: Sequence[tuple[str, Histogram]]) -> str:
    """One or two histograms as steps over a common axis, as shares of their sums; `title` is read to who cannot see."""
    low = min(histogram.edges[0] for _, histogram in series)
    high = max(histogram.edges[-1] for _, histogram in series)
    inner_width, inner_height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    # Shares a unit of the axis, so that histograms with bins of different width can be compared.
    densities = [_densities(histogram) for _, histogram in series]
    highest = max((max(values, default=0.0) for values in densities), default=0.0) or 1.0

    def across(value: float) -> float:
        return _LEFT + inner_width * (value - low) / ((high - low) or 1.0)

    shapes = []
    for number, ((_, histogram), values) in enumerate(zip(series, densities, strict=True)):
        points = [f"M{across(histogram.edges[0]):.1f} {_TOP + inner_height}"]
        for left, right, value in zip(histogram.edges[:-1], histogram.edges[1:], values, strict=True):
            level = _TOP + inner_height * (1 - value / highest)
            points.append(f"L{across(left):.1f} {level:.1f}L{across(right):.1f} {level:.1f}")
        points.append(f"L{across(histogram.edges[-1]):.1f} {_TOP + inner_height}Z")
        shapes.append(f'<path class="s{number}" d="{"".join(points)}"/>')
    axis = _TOP + inner_height
    ticks = "".join(
        f'<text x="{across(value):.1f}" y="{axis + 15}" text-anchor="{anchor}">{value:g}</text>'
        for value, anchor in _ticks(low, high)
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{text(title)}">'
        f'{"".join(shapes)}<path class="axis" d="M{_LEFT} {axis}H{_WIDTH - _RIGHT}"/>{ticks}'
        f'<text x="{_WIDTH / 2:g}" y="{_HEIGHT - 6}" text-anchor="middle">{text(unit)}</text></svg>'
    )


def _densities(histogram: Histogram) -> list[float]:
    total = sum(histogram.counts) or 1
    widths = [right - left for left, right in zip(histogram.edges[:-1], histogram.edges[1:], strict=True)]
    return [count / total / width for count, width in zip(histogram.counts, widths, strict=True)]


def _ticks(low: float, high: float) -> list[tuple[float, str]]:
    values = [round(low + (high - low) * step / _LABELS, 1) for step in range(_LABELS + 1)]
    return [(value, {0: "start", _LABELS: "end"}.get(step, "middle")) for step, value in enumerate(values)]
