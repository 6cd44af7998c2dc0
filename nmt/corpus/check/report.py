"""The complete, machine-readable result of a corpus check: a dataclass that serialises to the JSON report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from nmt.corpus.check.finding import Finding, Role, Severity
from nmt.corpus.domains import by_domain
from nmt.reports import Histogram

VERSION = 1
"""Version of the JSON report, incremented when a field changes its name or meaning."""
_ORDER: tuple[Severity, ...] = ("fatal", "serious", "warning", "note")


@dataclass(frozen=True, slots=True)
class FileCount:
    """One source and the number of its pairs."""

    role: Role
    file: str
    pairs: int
    kept: int
    """Those that training uses."""
    left_out: dict[str, int]
    """Number of pairs left out, by reason."""
    domain: str | None
    """The label given by the user."""


@dataclass(frozen=True, slots=True)
class RoleSummary:
    """Summary of all pairs of one use."""

    pairs: int
    kept: int
    """Those that training uses."""
    left_out: dict[str, int]
    """Number of pairs that reading and cleaning leave out, by reason."""
    medians: dict[str, float]
    histograms: dict[str, Histogram]


@dataclass(frozen=True, slots=True)
class TrainingTime:
    """Predicted training time on this machine, or why it is unknown."""

    device: str = ""
    updates: int = 0
    seconds_an_update: float = 0.0
    """Median of the measured updates."""
    shortest_seconds: float = 0.0
    """Training time if validation stops improving at once."""
    longest_seconds: float = 0.0
    """Training time up to the last update, at the speed of the slowest quarter of the measured updates."""
    likely_seconds: float = 0.0
    epochs: float = 0.0
    """How often training sees each pair by the last update."""
    too_long_share: float = 0.0
    """Share of the kept pairs with more subwords than data.max_subwords. Training leaves these out too."""
    assumptions: tuple[str, ...] = ()
    skipped: str = ""
    """Why nothing was measured. Empty if it was."""


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """The contents and faults of a corpus, and how training will handle them."""

    source: str
    target: str
    thorough: bool
    """Whether all pairs went through every check except language detection."""
    files: tuple[FileCount, ...]
    summaries: dict[Role, RoleSummary]
    """By use."""
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    """What was not checked, and why; how a split was made."""
    training_time: TrainingTime = field(default_factory=lambda: TrainingTime(skipped="not asked for"))

    @property
    def impossible(self) -> tuple[Finding, ...]:
        """The findings that make training impossible."""
        return tuple(finding for finding in self.findings if finding.severity == "fatal")

    @property
    def domains(self) -> dict[str, int]:
        """Training pairs by the label of their source. Empty when no source has a label."""
        return by_domain((file.domain, file.kept) for file in self.files if file.role == "train")

    def found(self) -> Iterator[Finding]:
        """The findings with at least one occurrence, worst first."""
        for severity in _ORDER:
            yield from (finding for finding in self.findings if finding.severity == severity)

    def to_dict(self) -> dict[str, object]:
        """Return the report as plain values, with shares added to the counts."""
        plain = asdict(self)
        for values, finding in zip(plain["findings"], self.findings, strict=True):
            values["share"] = finding.share
        return {"version": VERSION, **plain, "domains": self.domains}

    def to_json(self) -> str:
        """Return the report as JSON. Characters that JSON forbids are escaped."""
        return json.dumps(self.to_dict(), ensure_ascii=True, indent=1)
