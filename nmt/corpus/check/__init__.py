"""Check a corpus for faults and report how training will treat them. Runs before training or on its own.

Each measure looks for one kind of fault, or a few related ones. `run` passes all pairs through them once. May call
what `nmt.corpus` may call.
"""

from nmt.corpus.check.chunks import Part
from nmt.corpus.check.finding import Example, Finding, Role
from nmt.corpus.check.output.html import html_report
from nmt.corpus.check.report import CorpusReport, TrainingTime
from nmt.corpus.check.run import QUICK, THOROUGH, Effort, check_corpus

__all__ = [
    "QUICK", "THOROUGH", "CorpusReport", "Effort", "Example", "Finding", "Part", "Role", "TrainingTime",
    "check_corpus", "html_report",
]  # fmt: skip
