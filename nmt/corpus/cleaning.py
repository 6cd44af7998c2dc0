"""Leave out the pairs that teach nothing or teach wrong things, and say which and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nmt.corpus.pairs import SentencePair

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class CleaningRules:
    """What a pair must be like to be kept; lengths in characters."""

    max_characters: int = 1000
    """Longest side."""
    max_ratio: float = 4.0
    """Longer side over shorter side."""
    ratio_from: int = 12
    """Pairs whose longer side is at most this long are not judged by their ratio."""


@dataclass(slots=True)
class CleaningReport:
    """How many pairs were read and kept, and for each reason how many were left out, with examples."""

    read: int = 0
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[SentencePair]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """The report for people, a line a fact."""
        reasons = [f"left out {count:,}: {reason}" for reason, count in self.dropped.items()]
        return [f"{self.read:,} pairs read, {self.kept:,} kept", *reasons]


def clean(pairs: Iterable[SentencePair], rules: CleaningRules) -> tuple[list[SentencePair], CleaningReport]:
    """The pairs that `rules` keep, in their order, and the report on all of them."""
    report = CleaningReport()
    kept: list[SentencePair] = []
    seen: set[SentencePair] = set()
    for pair in pairs:
        report.read += 1
        reason = "repeats an earlier pair" if pair in seen else _fault(pair, rules)
        if reason is None:
            seen.add(pair)
            kept.append(pair)
            continue
        report.dropped[reason] = report.dropped.get(reason, 0) + 1
        examples = report.examples.setdefault(reason, [])
        if len(examples) < _EXAMPLES:
            examples.append(pair)
    report.kept = len(kept)
    return kept, report


def _fault(pair: SentencePair, rules: CleaningRules) -> str | None:
    if not pair.source.strip() or not pair.target.strip():
        return "one side is empty"
    shorter, longer = sorted((len(pair.source), len(pair.target)))
    if longer > rules.max_characters:
        return f"longer than {rules.max_characters} characters"
    if longer > rules.ratio_from and longer > rules.max_ratio * shorter:
        return f"one side more than {rules.max_ratio:g} times as long as the other"
    return None
