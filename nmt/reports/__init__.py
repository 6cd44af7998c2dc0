"""Building blocks of readable reports: a self-contained HTML page, its tables and its charts.

Independent of the content of the reports. Imports no other room.
"""

from nmt.reports.axis_ticks import round_ticks
from nmt.reports.histograms import Histogram, histogram_of_counts, histogram_svg
from nmt.reports.line_chart import Line, line_chart_svg
from nmt.reports.page import bullets, figure, page, table, text
from nmt.reports.terminal import one_line

__all__ = [
    "Histogram",
    "Line",
    "bullets",
    "figure",
    "histogram_of_counts",
    "histogram_svg",
    "line_chart_svg",
    "one_line",
    "page",
    "round_ticks",
    "table",
    "text",
]
