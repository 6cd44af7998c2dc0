"""Histograms, drawn as inline SVG that takes its colours from the page, light or dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nmt.reports.frame import Frame

_HEIGHT = 200


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts between edges. The last bin also contains all greater values."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


def histogram_of_counts(counts: NDArray[np.int64]) -> Histogram:
    """Bin the counts of 0, 1, 2, ... into at most 40 bins of a round width, up to the 99.9th percentile."""
    most = int(np.searchsorted(np.cumsum(counts), 0.999 * counts.sum())) + 1
    width = next(width for width in (1, 2, 5, 10, 20, 50) if width * 40 >= min(most, len(counts)))
    starts = np.arange(0, most, width)
    sums = np.add.reduceat(counts, starts)
    return Histogram((*starts.astype(float).tolist(), float(starts[-1] + width)), tuple(sums.tolist()))


def histogram_svg(title: str, unit: str, series: Sequence[tuple[str, Histogram]]) -> str:
    """Draw one or two histograms as steps over a common axis, as shares of their sums. Screen readers read `title`."""
    # Shares per unit of the axis, so that histograms with different bin widths can be compared.
    densities = [_densities(histogram) for _, histogram in series]
    highest = max((max(values, default=0.0) for values in densities), default=0.0) or 1.0
    edges = [edge for _, histogram in series for edge in histogram.edges]
    # If all bins have the same width, the height of a step is the share of its bin.
    width = _common_width([histogram for _, histogram in series])
    frame = Frame(min(edges), max(edges), 0.0, 100 * highest * (width or 1.0), _HEIGHT)
    shapes = []
    for number, ((_, histogram), values) in enumerate(zip(series, densities, strict=True)):
        points = [f"M{frame.x(histogram.edges[0]):.1f} {frame.bottom}"]
        for left, right, value in zip(histogram.edges[:-1], histogram.edges[1:], values, strict=True):
            level = frame.y(100 * value * (width or 1.0))
            points.append(f"L{frame.x(left):.1f} {level:.1f}L{frame.x(right):.1f} {level:.1f}")
        points.append(f"L{frame.x(histogram.edges[-1]):.1f} {frame.bottom}Z")
        shapes.append(f'<path class="s{number}" d="{"".join(points)}"/>')
    beside = frame.axis_beside(" %") if width else ""
    return frame.svg(title, beside + "".join(shapes) + frame.axis_below(unit))


def _common_width(histograms: Sequence[Histogram]) -> float | None:
    widths = [
        right - left
        for histogram in histograms
        for left, right in zip(histogram.edges[:-1], histogram.edges[1:], strict=True)
    ]
    return widths[0] if max(widths) - min(widths) < 1e-6 * max(widths) else None


def _densities(histogram: Histogram) -> list[float]:
    total = sum(histogram.counts) or 1
    widths = [right - left for left, right in zip(histogram.edges[:-1], histogram.edges[1:], strict=True)]
    return [count / total / width for count, width in zip(histogram.counts, widths, strict=True)]
