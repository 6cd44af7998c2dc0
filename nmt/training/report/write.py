"""The report of a training on disk."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from nmt.training.report.gather import Outcome, gather
from nmt.training.report.html import html_report


def write_report(outcome: Outcome, run: Path, console: Console) -> None:
    """Write `report.html` and `report.json` in `run`, and say where.

    Raises nothing: the package is written by now, and whatever is wrong with a report must not look like a training
    that failed.
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
