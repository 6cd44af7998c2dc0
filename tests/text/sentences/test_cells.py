"""Each cell by itself, and the gaps as they stood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.text.sentences.cells import cells


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Name\tAge\t\tCity", ["Name", "Age", "City"]),
        ("Apple   red  12", ["Apple", "red", "12"]),
        ("Apple\u00a0\u00a0red", ["Apple", "red"]),
        ("Introduction ........ 5", ["Introduction", "5"]),
        ("The end . . . . . xii", ["The end", "xii"]),
        ("Wait.... then go", ["Wait.... then go"]),
        ("File > Save | Edit", ["File", "Save", "Edit"]),
        ("File \u2192 Save", ["File", "Save"]),
        ("5 km = 3.1 miles", ["5 km", "3.1 miles"]),
        ("One\\nTwo\\tThree", ["One", "Two", "Three"]),
        ("One<br>Two<BR /> Three", ["One", "Two", "Three"]),
        ("Open C:\\new\\text.txt", ["Open C:\\new\\text.txt"]),
        ("Use `a  b` here", ["Use `a  b` here"]),
        ("a - b, c", ["a - b, c"]),
        ("a>b", ["a>b"]),
        ("", []),
    ],
)
def test_columns_leaders_breaks_and_menus_part_cells(line: str, expected: list[str]) -> None:
    assert [cell for cell, _ in cells(line)] == expected


@given(st.text(st.sampled_from("ab \t\u00a0.\\n<br>|=`\u2192")))
def test_cells_and_gaps_give_the_line(line: str) -> None:
    assert "".join(cell + gap for cell, gap in cells(line)) == line
