"""The training report, written to the run directory as `report.html` for people and `report.json` for programs.

`gather` combines `history` (the log), `sentences` (single translations) and `comparison` (with the previous package)
into a `TrainingReport`, which `html` renders. May import `training.optimization`, `corpus`, `reports`, `runtime` and
`scores`.
"""

from nmt.training.report.comparison import Previous, translate_with_previous
from nmt.training.report.gather import Outcome, sets_to_translate
from nmt.training.report.html import html_report
from nmt.training.report.report import TrainingReport
from nmt.training.report.write import write_report

__all__ = [
    "Outcome",
    "Previous",
    "TrainingReport",
    "html_report",
    "sets_to_translate",
    "translate_with_previous",
    "write_report",
]
