"""Line charts as inline SVG that takes its colours from the page, light or dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nmt.reports.frame import Frame
from nmt.reports.page import text

_HEIGHT = 240
_MOST = 500
"""Maximum number of points per line, about its width in pixels."""
_DOTS = 60
"""Lines with up to this many points also show dots, so that a single point is visible."""


@dataclass(frozen=True, slots=True)
class Line:
    """The name of a line, and its points (x, y) in order of x."""

    name: str
    points: Sequence[tuple[float, float]]


def line_chart_svg(
    title: str, across: str, lines: Sequence[Line], marked: float | None = None, logarithmic: bool = False
) -> str:
    """Draw up to four lines over a common axis named `across`. Screen readers read `title`.

    Points that are not finite are left out, and so are those that are not positive where the vertical axis is
    `logarithmic`. If no others remain, there is no chart. A dotted line marks x = `marked`.
    """
    drawn = [_thinned(_drawable(line.points, logarithmic)) for line in lines]
    everything = [point for points in drawn for point in points]
    if not everything:
        return ""
    around = Frame.around_powers if logarithmic else Frame.around
    frame = around([x for x, _ in everything], [y for _, y in everything], _HEIGHT)
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


def _drawable(points: Sequence[tuple[float, float]], logarithmic: bool) -> list[tuple[float, float]]:
    """Return the points that can be drawn, on a logarithmic axis by the exponents of ten."""
    finite = [(x, y) for x, y in points if math.isfinite(y)]
    return [(x, math.log10(y)) for x, y in finite if y > 0] if logarithmic else finite


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Reduce a line to at most `_MOST` points by averaging neighbours."""
    size = -(-len(points) // _MOST) or 1
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return [(sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups]
