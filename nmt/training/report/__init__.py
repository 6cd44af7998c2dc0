"""What became of a training, for people as `report.html` and for programs as `report.json`, in the run directory.

`history` reads the log, `sentences` looks at translations one by one, `comparison` at the model before; `gather`
puts them together as a `TrainingReport`, which `html` draws.
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
