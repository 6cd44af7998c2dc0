"""What is in a corpus, what is wrong with it, and what training will do about it: run before training, or alone.

Every file here looks for one kind of fault, or a few of a kind; `run` leads all pairs past them once. May call
what `nmt.corpus` may.
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
