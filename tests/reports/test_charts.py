"""Charts: round numbers along the axes, values where they belong, and nothing of a text taken for markup."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from nmt.reports import (
    Chart,
    Histogram,
    Line,
    heat_map,
    histogram_of_counts,
    histogram_svg,
    line_chart_svg,
    one_line,
    round_ticks,
    svg_file,
    tinted,
)
from nmt.reports.frame import Frame

HOSTILE = "<script>\"'&\x00\ud800"


def drawn(svg: str) -> etree._Element:
    return etree.fromstring(svg.encode())


def numbers(svg: str) -> list[str]:
    return [each.text or "" for each in drawn(svg).iter("text")]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (0.3, 1.7, [0.5, 1.0, 1.5]),
        (1000, 20000, [5000, 10000, 15000, 20000]),
        (0, 0.0015, [0, 0.0005, 0.001, 0.0015]),
        (-3, 3, [-2, 0, 2]),
        (7, 7, [7]),
    ],
)
def test_ticks_are_round_numbers_inside_the_range(low: float, high: float, ticks: list[float]) -> None:
    assert round_ticks(low, high) == ticks


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_few_in_order_and_even(low: float, size: float) -> None:
    ticks = round_ticks(low, low + size)
    assert 1 <= len(ticks) <= 7
    steps = np.diff(ticks)
    assert np.allclose(steps, steps[:1])
    assert all(low - 1e-6 * size <= tick <= low + size * (1 + 1e-6) for tick in ticks)


def test_a_frame_puts_the_ends_of_its_range_at_its_edges() -> None:
    frame = Frame(0.0, 10.0, 2.0, 4.0, 240)
    assert (frame.x(0), frame.x(5), frame.x(10)) == (64, 346, 628)
    assert (frame.y(2), frame.y(3), frame.y(4)) == (198, 105, 12)


def test_points_of_a_line_lie_where_their_values_say() -> None:
    svg = line_chart_svg("Loss", "update", [Line("a", [(0, 4.0), (50, 2.0), (100, 0.0)]), Line("b", [(50, 1.0)])], 50)
    first, second = drawn(svg).iter("polyline")
    assert first.get("points") == "64.0,12.0 346.0,105.0 628.0,198.0"
    assert second.get("points") == "346.0,151.5"
    assert [each.findtext("title") for each in (first, second)] == ["a", "b"]
    assert drawn(svg).xpath("string(//path[@class='at']/@d)") == "M346.0 12V198"
    assert numbers(svg) == ["0", "1", "2", "3", "4", "0", "20", "40", "60", "80", "100", "update"]


def test_a_line_of_many_points_is_drawn_as_means_of_neighbours() -> None:
    svg = line_chart_svg("", "", [Line("a", [(x, x % 2) for x in range(1000)])])
    (line,) = drawn(svg).iter("polyline")
    points = str(line.get("points")).split()
    assert len(points) == 500
    assert {point.split(",")[1] for point in points} == {"105.0"}  # 0.5 of -0.5 ... 1.5


def test_values_that_are_not_numbers_are_left_out() -> None:
    svg = line_chart_svg("", "", [Line("a", [(0, 1.0), (1, math.nan), (2, math.inf), (3, 2.0)])])
    (line,) = drawn(svg).iter("polyline")
    assert len(str(line.get("points")).split()) == 2
    assert line_chart_svg("", "", [Line("a", [(1, math.nan)])]) == ""


def test_a_histogram_shows_the_share_of_each_bin() -> None:
    svg = histogram_svg("Lengths", "words", [("all", Histogram((0.0, 10.0, 20.0), (30, 10)))])
    # 75 % and 25 % of a range up to 75 %; the axis ends at 158, the highest step is at 12.
    assert drawn(svg).xpath("string(//path[@class='s0']/@d)") == (
        "M64.0 158L64.0 12.0L346.0 12.0L346.0 109.3L628.0 109.3L628.0 158Z"
    )
    assert numbers(svg)[:4] == ["0 %", "20 %", "40 %", "60 %"]


def test_bins_of_several_widths_are_compared_by_area() -> None:
    svg = histogram_svg("", "", [("all", Histogram((0.0, 10.0, 30.0), (20, 20)))])
    assert drawn(svg).xpath("string(//path[@class='s0']/@d)").count(" 85.0") == 2  # half as high, twice as wide
    assert "%" not in "".join(numbers(svg))


def test_counts_are_gathered_into_bins_of_a_round_width() -> None:
    counts = np.bincount([0, 1, 1, 79])
    histogram = histogram_of_counts(counts)
    assert histogram.edges[:3] == (0.0, 2.0, 4.0)
    assert histogram.counts[0] == 3
    assert sum(histogram.counts) == 4


def test_a_chart_escapes_its_texts() -> None:
    for svg in (
        line_chart_svg(HOSTILE, HOSTILE, [Line(HOSTILE, [(0, 1.0)])]),
        histogram_svg(HOSTILE, HOSTILE, [(HOSTILE, Histogram((0.0, 1.0), (1,)))]),
    ):
        assert drawn(svg).get("aria-label") == "<script>\"'&\ufffd\ufffd"
        assert not re.search("<script", svg)


def test_a_text_on_a_terminal_is_one_line_without_commands() -> None:
    assert one_line("a\nb\x1b[31m", 20) == "a\ufffdb\ufffd[31m"
    assert one_line("abcdef", 3) == "abc…"


def test_a_logarithmic_axis_has_powers_of_ten_and_leaves_out_what_is_not_positive() -> None:
    svg = line_chart_svg("", "steps", [Line("a", [(0, 100.0), (1, 1.0), (2, 0.01), (3, 0.0)])], logarithmic=True)
    (line,) = drawn(svg).iter("polyline")
    assert line.get("points") == "64.0,12.0 346.0,105.0 628.0,198.0"
    assert numbers(svg)[:5] == ["0.01", "0.1", "1", "10", "100"]
    assert numbers(line_chart_svg("", "", [Line("a", [(0, 1e-9), (1, 1.0)])], logarithmic=True))[0] == "1e-8"


def test_charts_in_a_file_stand_below_each_other_in_colors_of_their_own() -> None:
    lines = [Line(name, [(0, 1.0), (1, 2.0)]) for name in "abcd"]
    chart = Chart("Loss & more", "abcd", line_chart_svg("", "update", lines))
    root = drawn(svg_file([chart, chart]))
    space = {"svg": "http://www.w3.org/2000/svg"}
    assert root.get("viewBox") == "0 0 640 532"
    assert [each.get("y") for each in root.findall("svg:svg", space)] == ["26", "292"]
    assert root.xpath("string(.//svg:text)", namespaces=space) == "Loss & more"
    style = root.findtext("svg:style", namespaces=space)
    assert all(f".{kind}{number} {{" in style for kind in ("key", "p") for number in range(4))
    with pytest.raises(ValueError, match="no viewBox"):
        svg_file([Chart("", (), "<svg>")])


def test_a_text_is_tinted_by_value_and_escaped() -> None:
    assert tinted([("a", 0.51), ("<", 0.49), ("b", 0.01), ("c", -1.0)]) == (
        '<p class="tinted"><i style="--weight:0.5">a&lt;</i>b<b style="--weight:1">c</b></p>'
    )


def test_a_heat_map_names_its_rows_and_columns() -> None:
    found = etree.fromstring(heat_map("Pair <1>", ["x", "y"], [("z", [0.25, 0.75])]))
    assert ["".join(each.itertext()) for each in found.iter("caption", "th", "td")] == [
        "Pair <1>", "", "x", "y", "z", "25", "75"
    ]  # fmt: skip
