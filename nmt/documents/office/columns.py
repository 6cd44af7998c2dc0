"""The column of a workbook to translate, named by its text in the first row."""

from __future__ import annotations

from collections.abc import Sequence

from nmt.errors import DocumentError


def check_column(name: str, column: str | None, titles: Sequence[Sequence[str]]) -> None:
    """Check that a sheet of the workbook `name` has the column, and that no sheet has it twice.

    `titles` are the texts in the first row of each sheet that has any. Raises DocumentError.
    """
    if column is None:
        return
    most = max((row.count(column) for row in titles), default=0)
    if most != 1:
        fault = "more than one column" if most else "no column"
        known = ", ".join(repr(title) for title in dict.fromkeys(title for row in titles for title in row))
        raise DocumentError(f"{name} has {fault} {column!r}: the first rows of its sheets are {known or 'empty'}")
