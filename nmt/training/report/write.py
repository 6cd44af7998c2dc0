"""Write the training report to disk."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from nmt.training.report.gather import Outcome, gather
from nmt.training.report.html import html_report


def write_report(outcome: Outcome, run: Path, console: Console) -> None:
    """Write `report.html` and `report.json` to `run`, and print where.

    Raises nothing: the package is already written, and a fault in the report must not look like a failed training.
    """
    try:
        report = gather(outcome)
        (run / "report.json").write_text(report.to_json(), encoding="utf-8")
        (run / "report.html").write_text(html_report(report), encoding="utf-8")
    except Exception as error:
        console.print(
            f"the package is whole, but its training's report could not be written: {error}",
            markup=False,
            soft_wrap=True,
        )
    else:
        console.print(
            f"how training went and what the translations are like: {run / 'report.html'}", markup=False, soft_wrap=True
        )
