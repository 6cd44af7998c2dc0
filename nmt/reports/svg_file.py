"""Charts as one SVG file that needs no page, for documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nmt.reports.frame import WIDTH
from nmt.reports.page import CHART_STYLE, LIGHT_COLORS, text

_CAPTION, _LETTER = 26, 6.6
"""Height of a caption, and about the width of one of its letters, in pixels."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its caption and the names of its lines, in order."""

    caption: str
    series: Sequence[str]
    svg: str


def svg_file(charts: Sequence[Chart]) -> str:
    """Return `charts`, one below the other on white, as an SVG file in its own colours."""
    parts, top = [], 0
    for chart in charts:
        parts.append(f'<g transform="translate(0 {top})">{_caption(chart)}</g>')
        height = int(_attribute(chart.svg).split()[3])
        placed = f'<svg y="{top + _CAPTION}" width="{WIDTH}" height="{height}"'
        parts.append(chart.svg.replace("<svg", placed, 1))
        top += _CAPTION + height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" width="{WIDTH}" height="{top}">'
        f"<style>{LIGHT_COLORS}{CHART_STYLE}</style>"
        f'<rect width="{WIDTH}" height="{top}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _caption(chart: Chart) -> str:
    shown = [f'<text x="12" y="18">{text(chart.caption)}</text>']
    left = 12 + _LETTER * (len(chart.caption) + 2)
    for number, name in enumerate(chart.series):
        shown.append(f'<text class="key{number}" x="{left:.0f}" y="18">■ {text(name)}</text>')
        left += _LETTER * (len(name) + 4)
    return "".join(shown)


def _attribute(svg: str) -> str:
    found = re.search(r'viewBox="([^"]*)"', svg)
    if found is None:
        raise ValueError("not a chart: it has no viewBox")
    return found[1]
