"""Wording of figures, shared by the console and the HTML report."""

from __future__ import annotations

from pathlib import Path

from nmt.corpus.check.finding import Example, Finding, Role, words_for
from nmt.corpus.check.report import CorpusReport, TrainingTime

ROLES: dict[Role, str] = {"train": "training", "valid": "validation", "test": "test"}
SEVERITIES = {
    "fatal": "stops training",
    "serious": "serious",
    "warning": "look at it",
    "note": "good to know",
    "ok": "nothing found",
}


def verdict(report: CorpusReport) -> str:
    """Summarise the report in one sentence."""
    if report.impossible:
        return "This corpus cannot be trained on: " + "; ".join(
            f"no {ROLES[finding.role]} pair is left after cleaning" for finding in report.impossible
        )
    serious = sum(finding.severity == "serious" for finding in report.findings)
    if serious:
        return f"This corpus can be trained on, but {_counted(serious, 'finding is', 'findings are')} serious."
    warnings = sum(finding.severity == "warning" for finding in report.findings)
    if warnings:
        return f"This corpus can be trained on. {_counted(warnings, 'finding deserves', 'findings deserve')} a look."
    return "This corpus can be trained on, and nothing was found that needs a decision."


def share(finding: Finding) -> str:
    """Format the count of a finding and the number of pairs checked."""
    return f"{finding.count:,} of {finding.of:,} ({percent(finding.share)})"


def place(example: Example) -> str:
    """Format the position of an example, without folders; the list of files shows those."""
    return f"{Path(example.file).name}, {words_for(example.place)}"


def percent(value: float) -> str:
    """Format a share as a percentage. A nonzero share is never shown as 0."""
    if 0 < value < 0.0001:
        return "less than 0.01 %"
    return f"{100 * value:.2f} %" if value < 0.01 else f"{100 * value:.1f} %"


def duration(seconds: float) -> str:
    """Format a time in a suitable unit."""
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} seconds"


def training_time(time: TrainingTime) -> str:
    """Format the predicted training time as a sentence."""
    if time.skipped:
        return f"Not predicted: {time.skipped}."
    return (
        f"About {duration(time.likely_seconds)} on this machine ({time.device}): {time.updates:,} updates of "
        f"{1000 * time.seconds_an_update:.0f} ms; at least {duration(time.shortest_seconds)}, if validation stops "
        f"improving at once, and at most about {duration(time.longest_seconds)}. "
        f"Each pair is seen up to {time.epochs:.1f} times."
    )


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
