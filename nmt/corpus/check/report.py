"""All that the check of a corpus says, for programs: a dataclass that is the JSON report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from nmt.corpus.check.finding import Finding, Role, Severity
from nmt.corpus.domains import by_domain
from nmt.reports import Histogram

VERSION = 1
"""Of the JSON report; raised when a field changes its name or meaning."""
_ORDER: tuple[Severity, ...] = ("fatal", "serious", "warning", "note")


@dataclass(frozen=True, slots=True)
class FileCount:
    """One source and how many pairs it gave."""

    role: Role
    file: str
    pairs: int
    kept: int
    """Those that training uses."""
    left_out: dict[str, int]
    """How many are left out, by reason."""
    domain: str | None
    """The label that the user gave it."""


@dataclass(frozen=True, slots=True)
class RoleSummary:
    """The pairs of one use together."""

    pairs: int
    kept: int
    """Those that training uses."""
    left_out: dict[str, int]
    """How many reading and cleaning leave out, by reason."""
    medians: dict[str, float]
    histograms: dict[str, Histogram]


@dataclass(frozen=True, slots=True)
class TrainingTime:
    """How long training will take on this machine, or why that is not known."""

    device: str = ""
    updates: int = 0
    seconds_an_update: float = 0.0
    """The median of those measured."""
    shortest_seconds: float = 0.0
    """If validation stops improving at once."""
    longest_seconds: float = 0.0
    """If training goes on to its last update, at the slowest quarter of the measured updates."""
    likely_seconds: float = 0.0
    epochs: float = 0.0
    """How often training sees each pair by the last update."""
    too_long_share: float = 0.0
    """Of the kept pairs, those with more subwords than data.max_subwords, which training leaves out too."""
    assumptions: tuple[str, ...] = ()
    skipped: str = ""
    """Why nothing was measured; empty when it was."""


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """What is in a corpus, what is wrong with it, and what training will do about it."""

    source: str
    target: str
    thorough: bool
    """Whether all pairs were looked at for everything but the language."""
    files: tuple[FileCount, ...]
    summaries: dict[Role, RoleSummary]
    """By use."""
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    """What was not looked at, and why; how a split was made."""
    training_time: TrainingTime = field(default_factory=lambda: TrainingTime(skipped="not asked for"))

    @property
    def impossible(self) -> tuple[Finding, ...]:
        """The findings that make training impossible."""
        return tuple(finding for finding in self.findings if finding.severity == "fatal")

    @property
    def domains(self) -> dict[str, int]:
        """Training pairs by the label of their source; empty when no source has one."""
        return by_domain((file.domain, file.kept) for file in self.files if file.role == "train")

    def found(self) -> Iterator[Finding]:
        """The findings that found something, the worst first."""
        for severity in _ORDER:
            yield from (finding for finding in self.findings if finding.severity == severity)

    def to_dict(self) -> dict[str, object]:
        """Plain values; shares beside the counts."""
        plain = asdict(self)
        for values, finding in zip(plain["findings"], self.findings, strict=True):
            values["share"] = finding.share
        return {"version": VERSION, **plain, "domains": self.domains}

    def to_json(self) -> str:
        """The report for programs; characters that no JSON text may have are escaped."""
        return json.dumps(self.to_dict(), ensure_ascii=True, indent=1)
