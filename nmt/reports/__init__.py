"""Building blocks of readable reports: a self-contained HTML page, its tables and its charts.

Independent of the content of the reports. Imports no other room.
"""

from nmt.reports.axis_ticks import round_ticks
from nmt.reports.histograms import Histogram, histogram_of_counts, histogram_svg
from nmt.reports.line_chart import Line, line_chart_svg
from nmt.reports.page import bullets, figure, heat_map, page, table, text, tinted
from nmt.reports.svg_file import Chart, svg_file
from nmt.reports.terminal import one_line

__all__ = [
    "Chart",
    "Histogram",
    "Line",
    "bullets",
    "figure",
    "heat_map",
    "histogram_of_counts",
    "histogram_svg",
    "line_chart_svg",
    "one_line",
    "page",
    "round_ticks",
    "svg_file",
    "table",
    "text",
    "tinted",
]
