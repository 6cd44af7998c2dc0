"""Line charts as inline SVG that takes its colours from the page, light or dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nmt.reports.frame import Frame
from nmt.reports.page import text

_HEIGHT = 240
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

    Points that are not finite are left out; without any other there is no chart. A dotted line stands at
    x = `marked`.
    """
    drawn = [_thinned([point for point in line.points if math.isfinite(point[1])]) for line in lines]
    everything = [point for points in drawn for point in points]
    if not everything:
        return ""
    frame = Frame.around([x for x, _ in everything], [y for _, y in everything], _HEIGHT)
    parts = [frame.axis_beside(), frame.axis_below(across)]
    if marked is not None and frame.left <= marked <= frame.right:
        parts.append(frame.line_at(marked))
    for number, (line, points) in enumerate(zip(lines, drawn, strict=True)):
        places = [(f"{frame.x(x):.1f}", f"{frame.y(y):.1f}") for x, y in points]
        joined = " ".join(",".join(place) for place in places)
        parts.append(f'<polyline class="l{number}" points="{joined}"><title>{text(line.name)}</title></polyline>')
        if len(points) <= _DOTS:
            parts += [f'<circle class="p{number}" cx="{x}" cy="{y}" r="2.5"/>' for x, y in places]
    return frame.svg(title, "".join(parts))


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most `_MOST` points: means of neighbours."""
    size = -(-len(points) // _MOST) or 1
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return [(sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups]
