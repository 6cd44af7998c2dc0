"""Line charts as inline SVG that takes its colours from the page, light or dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nmt.reports.page import text
from nmt.reports.ticks import round_ticks

_WIDTH, _HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 12, 38
_MOST = 500
"""Points of a line: about as many as it is pixels wide."""
_DOTS = 60
"""Up to so many points of a line are drawn as dots too, so that a single one is seen."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a line shows, and its points (x, y) in order of x."""

    name: str
    points: Sequence[tuple[float, float]]


def line_chart_svg(title: str, across: str, lines: Sequence[Line], marked: float | None = None) -> str:
    """One or two lines over a common axis called `across`; `title` is read to who cannot see.

    Points that are not finite are left out. A dotted line stands at x = `marked`.
    """
    drawn = [_thinned([point for point in line.points if math.isfinite(point[1])]) for line in lines]
    everything = [point for points in drawn for point in points]
    if not everything:
        return ""
    (left, right), (low, high) = _range(everything, 0), _range(everything, 1)
    bottom, inner_right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT

    def x(value: float) -> float:
        return _LEFT + (inner_right - _LEFT) * (value - left) / (right - left)

    def y(value: float) -> float:
        return bottom - (bottom - _TOP) * (value - low) / (high - low)

    parts = [
        f'<path class="grid" d="M{_LEFT} {y(value):.1f}H{inner_right}"/>'
        f'<text x="{_LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{_shown(value)}</text>'
        for value in round_ticks(low, high)
    ]
    parts += [
        f'<path class="axis" d="M{x(value):.1f} {bottom}v4"/>'
        f'<text x="{x(value):.1f}" y="{bottom + 17}" text-anchor="middle">{_shown(value)}</text>'
        for value in round_ticks(left, right, 6)
    ]
    parts.append(f'<path class="axis" fill="none" d="M{_LEFT} {_TOP}V{bottom}H{inner_right}"/>')
    if marked is not None and left <= marked <= right:
        parts.append(f'<path class="at" d="M{x(marked):.1f} {_TOP}V{bottom}"/>')
    for number, (line, points) in enumerate(zip(lines, drawn, strict=True)):
        places = [(f"{x(across_):.1f}", f"{y(up):.1f}") for across_, up in points]
        parts.append(
            f'<polyline class="l{number}" points="{" ".join(",".join(place) for place in places)}">'
            f"<title>{text(line.name)}</title></polyline>"
        )
        if len(points) <= _DOTS:
            parts += [f'<circle class="p{number}" cx="{cx}" cy="{cy}" r="2.5"/>' for cx, cy in places]
    parts.append(f'<text x="{_WIDTH / 2:g}" y="{_HEIGHT - 6}" text-anchor="middle">{text(across)}</text>')
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{text(title)}">{"".join(parts)}</svg>'


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most `_MOST` points: means of neighbours."""
    size = -(-len(points) // _MOST) or 1
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return [
        (sum(point[0] for point in group) / len(group), sum(point[1] for point in group) / len(group))
        for group in groups
    ]


def _range(points: Sequence[tuple[float, float]], axis: int) -> tuple[float, float]:
    """From the least to the greatest, never of no width."""
    values = [point[axis] for point in points]
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"
